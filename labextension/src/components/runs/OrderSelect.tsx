import * as React from 'react';

import type { ListColumn } from '../../models/list/listColumns';
import type { Order } from '../../models/list/order';
import { GROUP_COUNT, GROUP_VALUE, isNewest } from '../../models/list/order';
import { useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { columnName } from './columnNames';
import { sortKeyOf } from './SortHeader';

/** What the list is sorted by: the browser's own list behind a small picture. */
export function OrderSelect(props: {
  order: Order;
  metric: string | null;
  /** The columns that were chosen: the list can be sorted by each. */
  columns: readonly ListColumn[];
  isGrouped: boolean;
  onOrder: (order: Order) => void;
}): JSX.Element {
  const { order, metric, columns, isGrouped, onOrder } = props;
  const trans = useTrans();
  const choices: [Order, string][] = [
    [{ key: 'start_time', ascending: false }, trans.__('Newest first')],
    [{ key: 'start_time', ascending: true }, trans.__('Oldest first')],
    [{ key: 'run_name', ascending: true }, trans.__('Name, from A to Z')],
    [{ key: 'run_name', ascending: false }, trans.__('Name, from Z to A')],
    [{ key: 'duration', ascending: false }, trans.__('Longest first')],
    [{ key: 'duration', ascending: true }, trans.__('Shortest first')]
  ];
  if (metric !== null) {
    choices.push(
      [{ key: 'metric', ascending: true }, trans.__('Lowest %1', metric)],
      [{ key: 'metric', ascending: false }, trans.__('Highest %1', metric)]
    );
  }
  const known = new Set(choices.map(([{ key }]) => key));
  for (const column of columns) {
    const key = sortKeyOf(column);
    const name = columnName(column, trans);
    if (!known.has(key)) {
      choices.push(
        [{ key, ascending: true }, trans.__('%1, ascending', name)],
        [{ key, ascending: false }, trans.__('%1, descending', name)]
      );
    }
  }
  if (isGrouped) {
    choices.push(
      [
        { key: GROUP_COUNT, ascending: false },
        trans.__('Largest groups first')
      ],
      [{ key: GROUP_VALUE, ascending: true }, trans.__('Value, ascending')],
      [{ key: GROUP_VALUE, ascending: false }, trans.__('Value, descending')]
    );
  }
  const chosen = choices.findIndex(([{ key, ascending }]) => {
    return key === order.key && ascending === order.ascending;
  });
  const name = choices[chosen]?.[1] ?? '';
  return (
    <span
      className="jp-tracker-order jp-tracker-icon-button"
      data-changed={!isNewest(order) || chosen > 1}
    >
      <Icon name="updown" size={14} />
      <select
        aria-label={trans.__('Sort by')}
        title={trans.__('Sorted by: %1', name)}
        value={chosen}
        onChange={event => onOrder(choices[Number(event.target.value)][0])}
      >
        {choices.map(([, label], i) => (
          <option key={i} value={i}>
            {label}
          </option>
        ))}
      </select>
    </span>
  );
}
