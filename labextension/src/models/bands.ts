/** How the spread of a group's curves is told. */
export type BandKind = 'minmax' | 'std' | 'ci';

/** Points of one curve, `x` rising. What is no number leaves a gap. */
export interface Line {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The mean of some curves and its band, as columns of equal length. */
export interface Band {
  readonly x: readonly number[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const MOST_POINTS = 500;

/**
 * Return the mean of curves and how far they spread around it.
 *
 * Curves are read at the union of their x, between their points along a straight line, never
 * before their first point nor after their last. `std` is the standard deviation of the sample,
 * `ci` the 95 % confidence interval of the mean (1.96 standard errors).
 */
export function bandOf(lines: readonly Line[], kind: BandKind): Band {
  const whole = lines.map(finitePoints).filter(({ x }) => x.length > 0);
  const readers = whole.map(reader);
  const band = { x: [], mean: [], low: [], high: [] } as Record<
    keyof Band,
    number[]
  >;
  for (const x of gridOf(whole)) {
    const values = readers.map(read => read(x)).filter(value => value !== null);
    if (values.length > 0) {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const [low, high] = spread(values, mean, kind);
      band.x.push(x);
      band.mean.push(mean);
      band.low.push(low);
      band.high.push(high);
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
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const std = Math.sqrt(squares / Math.max(1, values.length - 1));
  const half = kind === 'std' ? std : (1.96 * std) / Math.sqrt(values.length);
  return [mean - half, mean + half];
}

/** All x of the curves; of very many an even choice. */
function gridOf(lines: readonly Line[]): number[] {
  const all = [...new Set(lines.flatMap(({ x }) => x))].sort((a, b) => a - b);
  if (all.length <= MOST_POINTS) {
    return all;
  }
  const step = (all.length - 1) / (MOST_POINTS - 1);
  return Array.from(
    { length: MOST_POINTS },
    (_, i) => all[Math.round(i * step)]
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
  const kept = x
    .map((_, i) => i)
    .filter(i => Number.isFinite(x[i]) && Number.isFinite(y[i]));
  return { x: kept.map(i => x[i]), y: kept.map(i => y[i]) };
}
