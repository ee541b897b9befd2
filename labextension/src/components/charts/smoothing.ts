/**
 * Return the exponential moving average of a curve, without the pull towards its first point.
 *
 * `weight` is that of the past, 0 to below 1. What is no number stays so and does not count.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  let sum = 0;
  let norm = 0;
  return values.map(value => {
    if (!Number.isFinite(value)) {
      return value;
    }
    sum = weight * sum + (1 - weight) * value;
    norm = weight * norm + (1 - weight);
    return sum / norm;
  });
}
