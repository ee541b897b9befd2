/** Points of a column in the order of their steps. */
type Column = ArrayLike<number>;

/** A curve is smoothed as if it had at most so many points, however many were read of it. */
const RESOLUTION = 1_000;

/**
 * Return the distance of steps over which a curve forgets: that of neighbours, or of neighbours
 * among a thousand where there are more. Zooming in reads more points; it must not change how smooth
 * the curve is.
 */
export function smoothingUnit(steps: Column, total: number): number {
  const range = steps.length === 0 ? 0 : steps[steps.length - 1] - steps[0];
  return range / (Math.max(2, Math.min(total, RESOLUTION)) - 1);
}

/**
 * Return the exponential moving average of a curve, without the pull towards its first point.
 *
 * `weight` is that of the past one `unit` of steps ago, 0 to below 1. Over evenly spaced steps it is
 * the usual average. What is no number stays so and does not count.
 */
export function movingAverage(
  steps: Column,
  values: Column,
  weight: number,
  unit: number
): Float64Array {
  const smoothed = new Float64Array(values.length);
  let sum = 0;
  let norm = 0;
  let before = NaN;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) {
      smoothed[i] = value;
      continue;
    }
    const keep = weight ** unitsBetween(before, steps[i], unit);
    before = steps[i];
    sum = keep * sum + (1 - keep) * value;
    norm = keep * norm + (1 - keep);
    smoothed[i] = sum / norm;
  }
  return smoothed;
}

/**
 * Return the mean of each point and those around it, as many units to either side as the moving
 * average of that `weight` looks back on average; at the ends there are fewer.
 */
export function centredAverage(
  steps: Column,
  values: Column,
  weight: number,
  unit: number
): Float64Array {
  const reach = (Math.round(weight / (1 - weight)) + 1e-6) * (unit || 1);
  const smoothed = Float64Array.from(values);
  const shares = sharesOf(steps, values, unit);
  let first = 0;
  let next = 0;
  let sum = 0;
  let norm = 0;
  for (let i = 0; i < values.length; i++) {
    for (; next < values.length && steps[next] <= steps[i] + reach; next++) {
      sum += shares[next] && shares[next] * values[next];
      norm += shares[next];
    }
    for (; steps[first] < steps[i] - reach; first++) {
      sum -= shares[first] && shares[first] * values[first];
      norm -= shares[first];
    }
    if (shares[i] > 0) {
      smoothed[i] = sum / norm;
    }
  }
  return smoothed;
}

/** Return how many steps each point stands for, in units: none where it is no number. */
function sharesOf(steps: Column, values: Column, unit: number): Float64Array {
  const shares = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) {
      const left = i === 0 ? NaN : steps[i - 1];
      const right = i + 1 === values.length ? NaN : steps[i + 1];
      const before = unitsBetween(left, steps[i], unit);
      const after = unitsBetween(steps[i], right, unit);
      shares[i] = (Math.min(1, before) + Math.min(1, after)) / 2;
    }
  }
  return shares;
}

/** Points of one step, and the first, count like neighbours. */
function unitsBetween(from: number, to: number, unit: number): number {
  return unit > 0 && to > from ? (to - from) / unit : 1;
}
