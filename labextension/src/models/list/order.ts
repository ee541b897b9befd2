import { columnOf, quotedName, sortField } from './listColumns';

/**
 * What a list of runs is sorted by: something that every run has, `metric` for the one that the list
 * shows, the name of a column, or what only groups have: their value and the number of their runs.
 */
export type SortKey = string;

/** How a list of runs is sorted. */
export interface Order {
  readonly key: SortKey;
  readonly ascending: boolean;
}

/** The order where none was chosen: the newest first. */
export const NEWEST: Order = { key: 'start_time', ascending: false };

/** What only groups are sorted by. */
export const GROUP_VALUE = 'group value';
export const GROUP_COUNT = 'group count';

const ATTRIBUTES = ['start_time', 'run_name', 'duration'];

/** Whether runs come the newest first; what only groups have says nothing of runs. */
export function isNewest(order: Order): boolean {
  return (
    fieldOf(order, null) === null ||
    (order.key === NEWEST.key && order.ascending === NEWEST.ascending)
  );
}

/** Whether two orders are the same. */
export function isSameOrder(a: Order, b: Order): boolean {
  return a.key === b.key && a.ascending === b.ascending;
}

/** Return the order in the words of the search; what is equal comes the newest first. */
export function toOrderBy(order: Order, metric: string | null): string[] {
  const field = fieldOf(order, metric);
  const direction = order.ascending ? 'ASC' : 'DESC';
  if (
    field === null ||
    isNewest(order) ||
    (order.key === 'metric' && !metric)
  ) {
    return [];
  }
  // No field may be named twice.
  const ties =
    field === 'attributes.start_time' ? [] : ['attributes.start_time DESC'];
  return [`${field} ${direction}`, ...ties];
}

function fieldOf({ key }: Order, metric: string | null): string | null {
  if (key === 'metric') {
    return `metrics.${quotedName(metric ?? '')}`;
  }
  if (ATTRIBUTES.includes(key)) {
    return `attributes.${key}`;
  }
  const column = columnOf(key);
  return column && sortField(column);
}
