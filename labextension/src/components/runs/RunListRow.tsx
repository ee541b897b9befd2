import * as React from 'react';

import { formatNumber, statusName } from '../../format';
import { FAVOURITE } from '../../models/runs/edits';
import type { ListColumn } from '../../models/list/listColumns';
import { columnId, columnText } from '../../models/list/listColumns';
import { describeMetric } from '../../models/compare/table';
import type { RunRow } from '../../wire';
import { toNumber } from '../../wire';
import { useTrans } from '../common/context';
import { ColorDot, StateIcon } from '../common/state';
import { ColumnCell, ColumnValue, InlineValues } from './ColumnValue';
import { Fold } from './Fold';
import type { MarkActions } from './RunMarks';
import { RunMarks } from './RunMarks';
import { Sparkline } from './Sparkline';

/** What a row of the list can do. */
export interface RowActions extends MarkActions {
  onOpen: (runId: string) => void;
  onTick: (runId: string, extend: boolean) => void;
  /** Open or close what is below a row. */
  onFold: (key: string) => void;
  /** Take note of the row that got the focus. */
  onFocus: (key: string) => void;
}

/** Where a row stands, and which of its parts are shown. */
export interface RowPlace {
  index: number;
  top: number;
  depth: number;
  /** How many runs are below it. */
  count: number;
  isOpen: boolean;
  /** Whether any row of the list can be opened. */
  isTree: boolean;
  isActive: boolean;
  /** The columns that stand below each other, and those in the line below the name. */
  aligned: readonly ListColumn[];
  inline: readonly ListColumn[];
  metric: string | null;
}

/** What a row of the list shows. */
export interface RowProps extends RowActions, RowPlace {
  run: RunRow;
  curve: readonly number[] | undefined;
  color: string;
  isTicked: boolean;
  isNew: boolean;
  isHidden: boolean;
  experiment: string | null;
}

/** One run: tick box, colour, name, marks, state, the chosen columns and the metric. */
export const RunListRow = React.memo(function RunListRow(props: RowProps) {
  const { run, isTicked, isActive, count, isTree } = props;
  const trans = useTrans();
  return (
    <div
      role="row"
      className="jp-tracker-run"
      style={{ transform: `translateY(${props.top}px)` }}
      aria-rowindex={props.index + 2}
      aria-selected={isTicked}
      aria-level={isTree ? props.depth + 1 : undefined}
      aria-expanded={count > 0 ? props.isOpen : undefined}
      data-run-id={run.run_id}
      data-place={props.index}
      data-new={props.isNew || undefined}
      data-hidden={props.isHidden || undefined}
      data-favourite={run.tags[FAVOURITE] === 'true' || undefined}
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
      <NameCell {...props} />
      {props.aligned.map(column => (
        <ColumnCell
          key={columnId(column)}
          column={column}
          title={columnText(run, column)}
        >
          <ColumnValue run={run} column={column} />
        </ColumnCell>
      ))}
      {props.metric !== null && (
        <MetricCell
          run={run}
          metric={props.metric}
          curve={props.curve}
          color={props.color}
        />
      )}
    </div>
  );
});

function NameCell(props: RowProps): JSX.Element {
  const { run, count, isTree, aligned, inline } = props;
  const trans = useTrans();
  // Where nothing else stands in the line below the name.
  const hasStatus = aligned.length > 0 && inline.length === 0;
  return (
    <div
      role="gridcell"
      className="jp-tracker-run-main"
      style={{ paddingLeft: props.depth * 16 }}
    >
      <div className="jp-tracker-run-title">
        {isTree && (
          <Fold
            count={count}
            isOpen={props.isOpen}
            label={trans._n('%1 nested run', '%1 nested runs', count)}
            onFold={() => props.onFold(run.run_id)}
          />
        )}
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
        {count > 0 && <small className="jp-tracker-count">{count}</small>}
        <RunMarks
          run={run}
          isFavourite={run.tags[FAVOURITE] === 'true'}
          isHidden={props.isHidden}
          onFavourite={props.onFavourite}
          onHide={props.onHide}
        />
      </div>
      <div className="jp-tracker-run-facts" data-fold={isTree || undefined}>
        <StateIcon status={run.status} />
        {hasStatus && <span>{statusName(run.status, trans)}</span>}
        <InlineValues run={run} columns={inline} isFirst={!hasStatus} />
        {props.experiment && (
          <span className="jp-tracker-run-experiment">
            <span aria-hidden="true">· </span>
            {props.experiment}
          </span>
        )}
      </div>
    </div>
  );
}

function MetricCell(props: {
  run: RunRow;
  metric: string;
  curve: readonly number[] | undefined;
  color: string;
}): JSX.Element {
  const trans = useTrans();
  const { metric: key, curve, color } = props;
  const metric = props.run.metrics[key];
  return (
    <div
      role="gridcell"
      className="jp-tracker-run-metric"
      data-key={key}
      data-value={metric && String(metric.last)}
      title={metric && `${key}\n${describeMetric(metric, trans)}`}
    >
      <span>{metric ? formatNumber(toNumber(metric.last)) : ''}</span>
      {curve && <Sparkline values={curve} color={color} />}
    </div>
  );
}
