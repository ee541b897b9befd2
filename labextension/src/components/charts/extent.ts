import type { Span } from '../../models/charts/chartLinks';
import type { Column, Line } from './lines';

/** How much longer than the rest an axis has to be for its ends to be outliers. */
const STRETCH = 2;

/** What part of an axis the values take, and how many of them lie outside of it on purpose. */
export interface Extent {
  readonly span: Span;
  /** Values that the axis leaves out as outliers, and of how many. */
  readonly cut: number;
  readonly of: number;
}

/** Return the part of x that the lines take; null where there is no number. */
export function spanOfX(lines: readonly Line[], isLog: boolean): Span | null {
  let low = Infinity;
  let high = -Infinity;
  for (const { x, y } of lines) {
    for (let i = 0; i < x.length; i++) {
      if (isShown(x[i], isLog) && !Number.isNaN(y[i])) {
        low = Math.min(low, x[i]);
        high = Math.max(high, x[i]);
      }
    }
  }
  return low <= high ? [low, high] : null;
}

/**
 * Return the part of y that the lines take where x is shown; null where there is no number.
 *
 * A share of the least and of the greatest values is left out as `outliers` where they stretch the
 * axis to more than twice what the others take: an end of a steady curve is none.
 */
export function extentOfY(
  lines: readonly Line[],
  x: Span,
  isLog: boolean,
  outliers: number
): Extent | null {
  const values = valuesWithin(lines, x, isLog);
  const of = values.length;
  if (of === 0) {
    return null;
  }
  if (outliers === 0) {
    return { span: bounds(values), cut: 0, of };
  }
  values.sort();
  const span = [quantile(values, outliers), quantile(values, 1 - outliers)];
  const whole: Span = [values[0], values[of - 1]];
  const scale = isLog ? Math.log : (y: number) => y;
  const length = ([low, high]: readonly number[]) => scale(high) - scale(low);
  if (length(whole) <= STRETCH * length(span)) {
    return { span: whole, cut: 0, of };
  }
  const inside = values.filter(y => y >= span[0] && y <= span[1]).length;
  return { span: [span[0], span[1]], cut: of - inside, of };
}

/** Return the quantile of values in rising order, between two of them along a straight line. */
export function quantile(sorted: Column, share: number): number {
  const at = share * (sorted.length - 1);
  const left = Math.floor(at);
  const right = Math.min(left + 1, sorted.length - 1);
  return sorted[left] + (at - left) * (sorted[right] - sorted[left]);
}

function valuesWithin(
  lines: readonly Line[],
  [low, high]: Span,
  isLog: boolean
): Float64Array {
  const columns = lines.flatMap(line =>
    (line.band ? [line.band.low, line.band.high] : [line.y, line.raw])
      .filter(y => y !== null)
      .map((y): [Column, Column] => [line.x, y])
  );
  const size = columns.reduce((sum, [, y]) => sum + y.length, 0);
  const values = new Float64Array(size);
  let end = 0;
  for (const [x, y] of columns) {
    for (let i = 0; i < y.length; i++) {
      if (x[i] >= low && x[i] <= high && isShown(y[i], isLog)) {
        values[end++] = y[i];
      }
    }
  }
  return values.subarray(0, end);
}

function isShown(value: number, isLog: boolean): boolean {
  return Number.isFinite(value) && (!isLog || value > 0);
}

function bounds(values: Float64Array): Span {
  return [
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b))
  ];
}
