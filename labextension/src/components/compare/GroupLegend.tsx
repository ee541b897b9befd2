import * as React from 'react';

import { groupOf } from '../../models/runs/groups';
import type { RunRow } from '../../wire';
import { useColors, useTrans } from '../common/context';

/** The groups by colour and value: each has that of its first run, as in the charts. */
export function GroupLegend(props: {
  runs: readonly RunRow[];
  groupBy: string;
}): JSX.Element {
  const { runs, groupBy } = props;
  const trans = useTrans();
  const colors = useColors();
  const groups = new Map<string, RunRow[]>();
  for (const run of runs) {
    const group = groupOf(run, groupBy);
    groups.set(group, [...(groups.get(group) ?? []), run]);
  }
  return (
    <ul className="jp-tracker-legend" aria-label={trans.__('Legend')}>
      {[...groups].map(([group, [first, ...others]]) => (
        <li key={group} className="jp-tracker-legend-group">
          <span
            className="jp-tracker-swatch"
            style={{ backgroundColor: colors.colorOf(first.run_id) }}
            aria-hidden="true"
          />
          <span className="jp-tracker-legend-name">
            {group || trans.__('none')}
          </span>
          <small>{trans._n('%1 run', '%1 runs', others.length + 1)}</small>
        </li>
      ))}
    </ul>
  );
}
