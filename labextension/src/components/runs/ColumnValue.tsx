import * as React from 'react';

import { formatNumber } from '../../format';
import type { ListColumn } from '../../models/list/listColumns';
import { columnText } from '../../models/list/listColumns';
import type { RunRow, SpreadRow } from '../../wire';
import { toNumber } from '../../wire';
import { Age, Duration } from '../common/clock';
import { useTrans } from '../common/context';
import { columnName, columnWidth, isNumeric } from './columnNames';

/** What a run has in a column; nothing where it has nothing. */
export function ColumnValue(props: {
  run: RunRow;
  column: ListColumn;
}): JSX.Element | null {
  const { run, column } = props;
  if (column.kind === 'run' && column.key === 'age') {
    return <Age time={run.start_time} />;
  }
  if (column.kind === 'run' && column.key === 'duration') {
    return <Duration start={run.start_time} end={endOf(run)} />;
  }
  if (column.kind === 'metric') {
    const metric = run.metrics[column.key];
    return metric ? (
      <>{formatNumber(toNumber(metric[column.summary]))}</>
    ) : null;
  }
  const text = columnText(run, column);
  return text === '' ? null : <>{text}</>;
}

/** A cell of an aligned column. */
export function ColumnCell(props: {
  column: ListColumn;
  title?: string;
  children: React.ReactNode;
}): JSX.Element {
  const { column } = props;
  return (
    <div
      role="gridcell"
      className="jp-tracker-run-column"
      data-numeric={isNumeric(column)}
      style={{ width: columnWidth(column) }}
      title={props.title}
    >
      {props.children}
    </div>
  );
}

/** What runs have in the columns for which there is no room, in one line. */
export function InlineValues(props: {
  run: RunRow;
  columns: readonly ListColumn[];
  /** Whether nothing stands before them in the line. */
  isFirst: boolean;
}): JSX.Element {
  const { run, columns, isFirst } = props;
  const trans = useTrans();
  return (
    <>
      {columns
        .filter(column => hasValue(run, column))
        .map((column, i) => (
          <React.Fragment key={`${column.kind}:${column.key}:${i}`}>
            {(i > 0 || !isFirst) && <span aria-hidden="true">·</span>}
            <span className="jp-tracker-run-inline">
              {column.kind !== 'run' && (
                <i>{columnName(column, trans)}&nbsp;</i>
              )}
              <ColumnValue run={run} column={column} />
            </span>
          </React.Fragment>
        ))}
    </>
  );
}

/** The mean of a group, and how far its runs are spread. */
export function SpreadText(props: { spread: SpreadRow }): JSX.Element {
  const { count, mean, std } = props.spread;
  const trans = useTrans();
  const title = trans._n('Mean of %1 run', 'Mean of %1 runs', count);
  return (
    <span className="jp-tracker-spread" title={title}>
      {formatNumber(toNumber(mean))}
      {std !== null && (
        <small
          title={trans.__('Standard deviation')}
        >{` ± ${formatNumber(toNumber(std), 2)}`}</small>
      )}
    </span>
  );
}

function hasValue(run: RunRow, column: ListColumn): boolean {
  switch (column.kind) {
    case 'metric':
      return column.key in run.metrics;
    case 'run':
      return (
        column.key === 'age' ||
        column.key === 'duration' ||
        columnText(run, column) !== ''
      );
    default:
      return columnText(run, column) !== '';
  }
}

/** A run that ended without saying when has no duration that grows. */
function endOf(run: RunRow): number | null {
  const isOpen = run.status === 'RUNNING' || run.status === 'SCHEDULED';
  return isOpen ? null : (run.end_time ?? run.start_time);
}
