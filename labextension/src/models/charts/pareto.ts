/** A point of a scatter, and which of its coordinates are better when they are greater. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Whether less or more is better along each axis. */
export interface Goals {
  readonly x: 'lower' | 'higher';
  readonly y: 'lower' | 'higher';
}

/**
 * Return the indices of the points that no other beats in both coordinates, from left to right.
 *
 * A point is beaten by one that is at least as good in both and better in one.
 */
export function paretoFront(points: readonly Point[], goals: Goals): number[] {
  const toX = goals.x === 'lower' ? 1 : -1;
  const toY = goals.y === 'lower' ? 1 : -1;
  const order = points
    .map((_, i) => i)
    .sort(
      (a, b) =>
        toX * (points[a].x - points[b].x) || toY * (points[a].y - points[b].y)
    );
  const front: number[] = [];
  let best = Infinity;
  let last: Point | null = null;
  for (const i of order) {
    const point = points[i];
    const isTwin = last !== null && last.x === point.x && last.y === point.y;
    if (toY * point.y < best || isTwin) {
      front.push(i);
      best = toY * point.y;
      last = point;
    }
  }
  return front.sort((a, b) => points[a].x - points[b].x);
}
