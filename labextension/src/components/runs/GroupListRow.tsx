import * as React from 'react';

import type { ListColumn } from '../../models/list/listColumns';
import { columnId } from '../../models/list/listColumns';
import type { GroupRow, SpreadRow } from '../../wire';
import { Age } from '../common/clock';
import { useTrans } from '../common/context';
import { columnName } from './columnNames';
import { ColumnCell, SpreadText } from './ColumnValue';
import { Fold } from './Fold';
import type { RowPlace } from './RunListRow';

/** What the row of a group shows and does. */
export interface GroupRowProps extends RowPlace {
  rowKey: string;
  group: GroupRow;
  /** The name of the param or tag. */
  name: string;
  /** Which metrics the group tells of, by their column's id. */
  metrics: readonly string[];
  onTick: (key: string) => void;
  onFold: (key: string) => void;
  onFocus: (key: string) => void;
}

/** One group: what its runs share, how many there are, and what their metrics come to. */
export const GroupListRow = React.memo(function GroupListRow(
  props: GroupRowProps
) {
  const { group, rowKey, name } = props;
  const trans = useTrans();
  const value = group.value ?? trans.__('none');
  const runs = trans._n('%1 run', '%1 runs', group.count);
  const shown: ListColumn | null =
    props.metric === null
      ? null
      : { kind: 'metric', key: props.metric, summary: 'last' };
  const spread = shown && spreadOf(props, shown);
  return (
    <div
      role="row"
      className="jp-tracker-run jp-mod-group"
      style={{ transform: `translateY(${props.top}px)` }}
      aria-rowindex={props.index + 2}
      aria-level={1}
      aria-expanded={props.isOpen}
      data-group={group.value ?? ''}
      data-place={props.index}
      tabIndex={props.isActive ? 0 : -1}
      onClick={() => props.onFold(rowKey)}
      onFocus={() => props.onFocus(rowKey)}
    >
      <div role="gridcell" className="jp-tracker-run-tick">
        <button
          type="button"
          className="jp-tracker-fold"
          tabIndex={-1}
          aria-label={trans.__('Tick the runs with %1 = %2', name, value)}
          title={trans.__('Tick the runs of this group, at most 1,000')}
          onClick={event => {
            event.stopPropagation();
            props.onTick(rowKey);
          }}
        >
          <span className="jp-tracker-tick-all" />
        </button>
      </div>
      <div role="gridcell" className="jp-tracker-run-main">
        <div className="jp-tracker-run-title">
          <Fold
            count={group.count}
            isOpen={props.isOpen}
            label={`${name} = ${value}, ${runs}`}
            onFold={() => props.onFold(rowKey)}
          />
          <span className="jp-tracker-group-name" title={`${name} = ${value}`}>
            <i>{name}&nbsp;</i>
            <b data-absent={group.value === null || undefined}>{value}</b>
          </span>
          <small className="jp-tracker-count">{group.count}</small>
        </div>
        <div className="jp-tracker-run-facts" data-fold="true">
          <span>
            <Age time={group.newest} />
          </span>
          {props.inline.map(column => {
            const found = spreadOf(props, column);
            return (
              found && (
                <React.Fragment key={columnId(column)}>
                  <span aria-hidden="true">·</span>
                  <span className="jp-tracker-run-inline">
                    <i>{columnName(column, trans)}&nbsp;</i>
                    <SpreadText spread={found} />
                  </span>
                </React.Fragment>
              )
            );
          })}
        </div>
      </div>
      {props.aligned.map(column => {
        const found = spreadOf(props, column);
        return (
          <ColumnCell key={columnId(column)} column={column}>
            {found && <SpreadText spread={found} />}
          </ColumnCell>
        );
      })}
      {props.metric !== null && (
        <div
          role="gridcell"
          className="jp-tracker-run-metric"
          data-key={props.metric}
          data-value={spread ? String(spread.mean) : undefined}
        >
          {spread && <SpreadText spread={spread} />}
        </div>
      )}
    </div>
  );
});

function spreadOf(
  { group, metrics }: GroupRowProps,
  column: ListColumn
): SpreadRow | null {
  return group.metrics[metrics.indexOf(columnId(column))] ?? null;
}
