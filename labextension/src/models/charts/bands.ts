/** How the spread of a group's curves is told. */
export type BandKind = 'minmax' | 'std' | 'ci';

/** Points of one curve, `x` rising. What is no number leaves a gap. */
export interface Line {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** The mean of some curves and its band, as columns of equal length. */
export interface Band {
  readonly x: readonly number[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** How many curves there are at each x. */
  readonly count: readonly number[];
}

const MOST_POINTS = 500;
/** What 97.5 % of Student's t lie below, for 1 to 4 degrees of freedom. */
const STUDENT = [12.7062047, 4.3026527, 3.1824463, 2.7764451];
/** What 97.5 % of the normal distribution lie below. */
const NORMAL = 1.959963985;

/**
 * Return the mean of curves and how far they spread around it.
 *
 * Curves are read at the union of their x, between their points along a straight line, never
 * before their first point nor after their last. `std` is the standard deviation of the sample,
 * `ci` the 95 % confidence interval of the mean by Student's t: groups of runs are small.
 */
export function bandOf(lines: readonly Line[], kind: BandKind): Band {
  const whole = lines.map(finitePoints).filter(({ x }) => x.length > 0);
  const readers = whole.map(reader);
  const columns = ['x', 'mean', 'low', 'high', 'count'] as const;
  const band = Object.fromEntries(
    columns.map((name): [string, number[]] => [name, []])
  ) as Record<keyof Band, number[]>;
  for (const x of gridOf(whole)) {
    const values = readers.map(read => read(x)).filter(value => value !== null);
    if (values.length > 0) {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const [low, high] = spread(values, mean, kind);
      band.x.push(x);
      band.mean.push(mean);
      band.low.push(low);
      band.high.push(high);
      band.count.push(values.length);
    }
  }
  return band;
}

function spread(
  values: readonly number[],
  mean: number,
  kind: BandKind
): [number, number] {
  if (kind === 'minmax') {
    return [Math.min(...values), Math.max(...values)];
  }
  const free = values.length - 1;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const std = Math.sqrt(squares / Math.max(1, free));
  const error = std / Math.sqrt(values.length);
  // One curve alone tells nothing of how far others would lie from it.
  const half = kind === 'std' ? std : free === 0 ? 0 : student(free) * error;
  return [mean - half, mean + half];
}

/** Return what 97.5 % of Student's t lie below; a series in 1 / `free` does for all but the least. */
function student(free: number): number {
  const z = NORMAL;
  return (
    STUDENT[free - 1] ??
    z +
      (z ** 3 + z) / (4 * free) +
      (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * free ** 2) +
      (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * free ** 3) +
      (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) /
        (92160 * free ** 4)
  );
}

/** All x of the curves; of very many an even choice. */
function gridOf(lines: readonly Line[]): Float64Array {
  const all = new Float64Array(lines.reduce((n, { x }) => n + x.length, 0));
  let end = 0;
  for (const { x } of lines) {
    all.set(x, end);
    end += x.length;
  }
  const grid = all.sort().filter((x, i) => i === 0 || x !== all[i - 1]);
  if (grid.length <= MOST_POINTS) {
    return grid;
  }
  const step = (grid.length - 1) / (MOST_POINTS - 1);
  return Float64Array.from(
    { length: MOST_POINTS },
    (_, i) => grid[Math.round(i * step)]
  );
}

/** Return what reads a curve at an x, asked for in rising order. */
function reader({ x, y }: Line): (at: number) => number | null {
  let i = 0;
  return at => {
    while (i < x.length - 1 && x[i + 1] <= at) {
      i += 1;
    }
    if (at < x[0] || at > x[x.length - 1]) {
      return null;
    }
    if (x[i] === at || i === x.length - 1) {
      return y[i];
    }
    const share = (at - x[i]) / (x[i + 1] - x[i]);
    return y[i] + share * (y[i + 1] - y[i]);
  };
}

function finitePoints({ x, y }: Line): Line {
  const kept: number[] = [];
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i]) && Number.isFinite(y[i])) {
      kept.push(i);
    }
  }
  return { x: kept.map(i => x[i]), y: kept.map(i => y[i]) };
}
