import * as React from 'react';

import { dashOfRun } from '../../models/charts/dashes';
import type { RunRow } from '../../wire';
import { Swatch } from '../charts/Swatch';
import { useColors, useTrans } from '../common/context';
import { StateIcon } from '../common/state';

/** The runs by colour and name, for all charts: a click hides a run's curves, a look lifts them. */
export function Legend(props: {
  runs: readonly RunRow[];
  hidden: ReadonlySet<string>;
  onHide: (runId: string, isHidden: boolean) => void;
  onEmphasis: (runId: string | null) => void;
}): JSX.Element {
  const { runs, hidden, onHide, onEmphasis } = props;
  const trans = useTrans();
  const colors = useColors();
  return (
    <ul className="jp-tracker-legend" aria-label={trans.__('Legend')}>
      {runs.map((run, index) => {
        const isHidden = hidden.has(run.run_id);
        return (
          <li key={run.run_id}>
            <button
              type="button"
              aria-pressed={!isHidden}
              data-run-id={run.run_id}
              title={
                isHidden
                  ? trans.__('Show the curves of %1', run.run_name)
                  : trans.__('Hide the curves of %1', run.run_name)
              }
              onClick={() => onHide(run.run_id, !isHidden)}
              onPointerEnter={() => onEmphasis(run.run_id)}
              onPointerLeave={() => onEmphasis(null)}
              onFocus={() => onEmphasis(run.run_id)}
              onBlur={() => onEmphasis(null)}
            >
              <Swatch
                color={colors.colorOf(run.run_id)}
                dash={dashOfRun(index)}
              />
              <span className="jp-tracker-legend-name">{run.run_name}</span>
              {run.status === 'RUNNING' && <StateIcon status={run.status} />}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
