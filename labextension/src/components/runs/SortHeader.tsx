import * as React from 'react';

import type { ListColumn } from '../../models/list/listColumns';
import { columnId } from '../../models/list/listColumns';
import { guessDirection } from '../../models/runs/metrics';
import type { Order } from '../../models/list/order';
import { useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';
import { Icon } from '../common/icons';
import { columnName } from './columnNames';

/** The head of an aligned column: a click sorts by it, another one the other way round. */
export function SortHeader(props: {
  column: ListColumn;
  order: Order;
  width: number;
  isNumeric: boolean;
  onOrder: (order: Order) => void;
}): JSX.Element {
  const { column, order } = props;
  const trans = useTrans();
  const sortKey = sortKeyOf(column);
  const name = columnName(column, trans);
  return (
    <div
      role="columnheader"
      className="jp-tracker-run-column"
      data-numeric={props.isNumeric}
      style={{ width: props.width }}
      aria-sort={ariaSort(order, sortKey)}
    >
      <button
        type="button"
        className="jp-tracker-sort"
        title={trans.__('Sort by %1', name)}
        onClick={() => props.onOrder(nextOrder(order, sortKey, column))}
      >
        <span>{name}</span>
        <Arrow order={order} sortKey={sortKey} />
      </button>
    </div>
  );
}

/** Sorts by the metric that the list shows. */
export function SortButton(props: {
  sortKey: string;
  name: string;
  order: Order;
  onOrder: (order: Order) => void;
}): JSX.Element {
  const { sortKey, name, order } = props;
  const trans = useTrans();
  const metric = { kind: 'metric', key: name, summary: 'last' } as const;
  const isSorted = order.key === sortKey;
  return (
    <IconButton
      icon={!isSorted ? 'updown' : order.ascending ? 'up' : 'down'}
      size={12}
      aria-pressed={isSorted}
      label={trans.__('Sort by %1', name)}
      onClick={() => props.onOrder(nextOrder(order, sortKey, metric))}
    />
  );
}

/** Return what a list is sorted by where one clicks on a column. */
export function sortKeyOf(column: ListColumn): string {
  if (column.kind === 'run' && column.key === 'age') {
    return 'start_time';
  }
  return column.kind === 'run' && column.key === 'duration'
    ? 'duration'
    : columnId(column);
}

/** Return the order after a click: the usual one for the column, then the other way round. */
export function nextOrder(
  order: Order,
  key: string,
  column: ListColumn
): Order {
  const ascending = order.key === key ? !order.ascending : isUp(column);
  return { key, ascending };
}

/** Whether the smallest comes first: the newest, the longest and the best are looked for. */
function isUp(column: ListColumn): boolean {
  if (column.kind === 'metric') {
    return guessDirection(column.key) === 'lower';
  }
  const { key } = column;
  return column.kind !== 'run' || key === 'user' || key === 'source';
}

function Arrow(props: { order: Order; sortKey: string }): JSX.Element | null {
  const { order, sortKey } = props;
  return order.key === sortKey ? (
    <Icon name={order.ascending ? 'up' : 'down'} size={11} />
  ) : null;
}

function ariaSort(
  order: Order,
  key: string
): 'ascending' | 'descending' | 'none' {
  if (order.key !== key) {
    return 'none';
  }
  return order.ascending ? 'ascending' : 'descending';
}
