import * as React from 'react';

import { formatNumber } from '../../format';
import { describeMetric } from '../../models/table';
import type { RunRow } from '../../wire';
import { toNumber } from '../../wire';
import { Age, Duration } from '../common/clock';
import { useTrans } from '../common/context';
import { ColorDot, StateIcon } from '../common/state';
import { Sparkline } from './Sparkline';

/** What a row of the list can do. */
export interface RowActions {
  onOpen: (runId: string) => void;
  onTick: (runId: string, extend: boolean) => void;
  onFocus: (runId: string) => void;
}

/** What a row of the list shows. */
export interface RowProps extends RowActions {
  run: RunRow;
  index: number;
  top: number;
  metric: string | null;
  curve: readonly number[] | undefined;
  color: string;
  isTicked: boolean;
  isActive: boolean;
  isNew: boolean;
  experiment: string | null;
}

/** One run: tick box, colour, name, state, age, duration and the chosen metric. */
export const RunListRow = React.memo(function RunListRow(props: RowProps) {
  const { run, isTicked, isActive } = props;
  const trans = useTrans();
  return (
    <div
      role="row"
      className="jp-tracker-run"
      style={{ transform: `translateY(${props.top}px)` }}
      aria-rowindex={props.index + 2}
      aria-selected={isTicked}
      data-run-id={run.run_id}
      data-new={props.isNew || undefined}
      tabIndex={isActive ? 0 : -1}
      onClick={event => props.onTick(run.run_id, event.shiftKey)}
      onFocus={() => props.onFocus(run.run_id)}
    >
      <div role="gridcell" className="jp-tracker-run-tick">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isTicked}
          aria-label={trans.__('Select %1', run.run_name)}
          readOnly
        />
      </div>
      <div role="gridcell" className="jp-tracker-run-main">
        <div className="jp-tracker-run-title">
          <ColorDot color={props.color} />
          <button
            type="button"
            className="jp-tracker-run-name"
            tabIndex={-1}
            title={run.run_name}
            aria-label={trans.__('Open run %1', run.run_name)}
            onClick={event => {
              event.stopPropagation();
              props.onOpen(run.run_id);
            }}
          >
            {run.run_name}
          </button>
        </div>
        <div className="jp-tracker-run-facts">
          <StateIcon status={run.status} />
          <Age time={run.start_time} />
          <span aria-hidden="true">·</span>
          <Duration start={run.start_time} end={endOf(run)} />
          {props.experiment && (
            <>
              <span aria-hidden="true">·</span>
              <span className="jp-tracker-run-experiment">
                {props.experiment}
              </span>
            </>
          )}
        </div>
      </div>
      <MetricCell
        run={run}
        metric={props.metric}
        curve={props.curve}
        color={props.color}
      />
    </div>
  );
});

function MetricCell(props: {
  run: RunRow;
  metric: string | null;
  curve: readonly number[] | undefined;
  color: string;
}): JSX.Element {
  const trans = useTrans();
  const { metric: key, curve, color } = props;
  const metric = key === null ? undefined : props.run.metrics[key];
  return (
    <div
      role="gridcell"
      className="jp-tracker-run-metric"
      data-key={key ?? undefined}
      data-value={metric && String(metric.last)}
      title={metric && `${key}\n${describeMetric(metric, trans)}`}
    >
      <span>{metric ? formatNumber(toNumber(metric.last)) : ''}</span>
      {curve && <Sparkline values={curve} color={color} />}
    </div>
  );
}

/** A run that ended without saying when has no duration that grows. */
function endOf(run: RunRow): number | null {
  const isOpen = run.status === 'RUNNING' || run.status === 'SCHEDULED';
  return isOpen ? null : (run.end_time ?? run.start_time);
}
