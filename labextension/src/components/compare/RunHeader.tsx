import * as React from 'react';

import type { RunRow } from '../../wire';
import { Icon } from '../common/icons';
import { useColors, useTrans } from '../common/context';
import { ColorDot, StateIcon } from '../common/state';

/** What can be done with a run of the comparison; null where it cannot. */
export interface RunHeaderActions {
  onOpen: (runId: string) => void;
  onRemove: ((runId: string) => void) | null;
  onBaseline: ((runId: string | null) => void) | null;
}

/** The head of a run's column. */
export function RunHeader(
  props: { run: RunRow; isBaseline: boolean } & RunHeaderActions
): JSX.Element {
  const { run, isBaseline, onRemove, onBaseline } = props;
  const trans = useTrans();
  const colors = useColors();
  const color = colors.colorOf(run.run_id);
  return (
    <th
      scope="col"
      data-run-id={run.run_id}
      data-baseline={isBaseline || undefined}
      style={{ boxShadow: `inset 0 2px 0 ${color}` }}
    >
      <div className="jp-tracker-table-run">
        <ColorDot color={color} />
        <button
          type="button"
          className="jp-tracker-run-name"
          title={run.run_name}
          aria-label={trans.__('Open run %1', run.run_name)}
          onClick={() => props.onOpen(run.run_id)}
        >
          {run.run_name}
        </button>
        <StateIcon status={run.status} />
        {onBaseline && (
          <button
            type="button"
            className="jp-tracker-icon-button jp-tracker-table-action"
            aria-pressed={isBaseline}
            aria-label={trans.__('Baseline: %1', run.run_name)}
            title={
              isBaseline
                ? trans.__('Hold runs against none')
                : trans.__('Hold the other runs against this one')
            }
            onClick={() => onBaseline(isBaseline ? null : run.run_id)}
          >
            <Icon name="pin" size={12} />
          </button>
        )}
        {onRemove && (
          <button
            type="button"
            className="jp-tracker-icon-button jp-tracker-table-action"
            aria-label={trans.__('Remove %1 from the comparison', run.run_name)}
            title={trans.__('Remove from the comparison')}
            onClick={() => onRemove(run.run_id)}
          >
            <Icon name="cross" size={12} />
          </button>
        )}
      </div>
    </th>
  );
}
