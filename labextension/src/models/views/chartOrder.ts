import type { CurveView } from '../charts/curveView';
import { movedTo } from '../compare/tableLayout';

/** As many moves are kept of charts that other comparisons have. */
const KEPT = 200;

/** Return metrics as a person arranged their charts; what was not moved follows what it usually does. */
export function inOrder(
  keys: readonly string[],
  { order }: Pick<CurveView, 'order'>
): string[] {
  if (order.length === 0) {
    return [...keys];
  }
  const known = new Set(keys);
  const placed = order.filter(key => known.has(key));
  const moved = new Set(placed);
  keys.forEach((key, i) => {
    if (!moved.has(key)) {
      placed.splice(i === 0 ? 0 : placed.indexOf(keys[i - 1]) + 1, 0, key);
    }
  });
  return placed;
}

/** Return the change of a view that moves a chart to the place of another; `keys` are in their usual order. */
export function moveChart(
  view: Pick<CurveView, 'order'>,
  keys: readonly string[],
  metric: string,
  target: string
): Pick<CurveView, 'order'> {
  const now = inOrder(keys, view);
  const moved = movedTo(now, metric, now.indexOf(target));
  return { order: orderOf(moved, keys, view.order) };
}

/** Return the change of a view that moves a pinned chart to the place of another. */
export function movePinned(
  { pinned }: Pick<CurveView, 'pinned'>,
  metric: string,
  target: string
): Pick<CurveView, 'pinned'> {
  return { pinned: movedTo(pinned, metric, pinned.indexOf(target)) };
}

/** Return as few metrics as tell the order: those that do not follow what they usually do. */
function orderOf(
  arranged: readonly string[],
  keys: readonly string[],
  before: readonly string[]
): string[] {
  const usual = new Map(keys.map((key, i) => [key, keys[i - 1]]));
  const moved = arranged.filter((key, i) => arranged[i - 1] !== usual.get(key));
  const elsewhere = before.filter(key => !usual.has(key));
  return [...moved, ...elsewhere.slice(0, KEPT)];
}
