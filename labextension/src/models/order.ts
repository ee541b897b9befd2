/** What a list of runs is sorted by. `metric` is the one that the list shows. */
export type SortKey = 'start_time' | 'run_name' | 'duration' | 'metric';

/** How a list of runs is sorted. */
export interface Order {
  readonly key: SortKey;
  readonly ascending: boolean;
}

/** The order where none was chosen: the newest first. */
export const NEWEST: Order = { key: 'start_time', ascending: false };

/** Whether runs come the newest first. */
export function isNewest(order: Order): boolean {
  return order.key === NEWEST.key && order.ascending === NEWEST.ascending;
}

/** Return the order in the words of the search; what is equal comes the newest first. */
export function toOrderBy(order: Order, metric: string | null): string[] {
  const direction = order.ascending ? 'ASC' : 'DESC';
  if (isNewest(order) || (order.key === 'metric' && metric === null)) {
    return [];
  }
  const field =
    order.key === 'metric'
      ? `metrics.${quoted(metric ?? '')}`
      : `attributes.${order.key}`;
  // No field may be named twice.
  const ties = order.key === 'start_time' ? [] : ['attributes.start_time DESC'];
  return [`${field} ${direction}`, ...ties];
}

/** Names are quoted with whichever quote they do not hold themselves. */
function quoted(name: string): string {
  return name.includes('`') ? `"${name}"` : `\`${name}\``;
}
