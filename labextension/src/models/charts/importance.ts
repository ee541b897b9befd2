import type { Dimension } from '../runs/dimensions';

/** How much of a metric's order among the runs a param goes along with. */
export interface Importance {
  readonly key: string;
  /** 0 for none to 1 for all. */
  readonly strength: number;
  /** Whether the metric rises or falls with the param; 0 where the param is a word. */
  readonly sign: -1 | 0 | 1;
  /** The number of runs that have both. */
  readonly count: number;
}

/** Fewer runs than this tell nothing. */
export const FEWEST_RUNS = 4;

/**
 * Return the params by how much they go along with a metric, the most first.
 *
 * Of numbers it is Spearman's rank correlation, of words the correlation ratio (eta) of the
 * metric's ranks. Neither says that one causes the other.
 */
export function importances(
  dimensions: readonly Dimension[],
  metric: Dimension
): Importance[] {
  return dimensions
    .filter(({ kind }) => kind === 'param')
    .flatMap(param => {
      const found = importance(param, metric);
      return found === null ? [] : [found];
    })
    .sort((a, b) => b.strength - a.strength || a.key.localeCompare(b.key));
}

function importance(param: Dimension, metric: Dimension): Importance | null {
  const pairs = param.values.flatMap((value, i) => {
    const result = metric.values[i];
    return value !== null && typeof result === 'number'
      ? [{ value, result }]
      : [];
  });
  const isConstant = pairs.every(pair => pair.value === pairs[0].value);
  if (pairs.length < FEWEST_RUNS || isConstant) {
    return null;
  }
  const results = ranks(pairs.map(pair => pair.result));
  const { key } = param;
  const count = pairs.length;
  if (!param.isNumeric) {
    const words = pairs.map(pair => String(pair.value));
    return { key, count, sign: 0, strength: correlationRatio(words, results) };
  }
  const rho = correlation(
    ranks(pairs.map(pair => Number(pair.value))),
    results
  );
  return {
    key,
    count,
    sign: rho < 0 ? -1 : 1,
    strength: Math.min(1, Math.abs(rho))
  };
}

/** Return the ranks of values from 1 on; equal ones share the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let until = from + 1;
    while (
      until < order.length &&
      values[order[until]] === values[order[from]]
    ) {
      until += 1;
    }
    for (let i = from; i < until; i++) {
      found[order[i]] = (from + until + 1) / 2;
    }
    from = until;
  }
  return found;
}

/** Pearson's correlation; 0 where one of them never changes. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((x, i) => (x - meanA) * (b[i] - meanB)));
  const spread = Math.sqrt(variance(a) * variance(b));
  return spread === 0 ? 0 : covariance / spread;
}

/** The share of the spread that lies between the groups, as a square root. */
function correlationRatio(
  words: readonly string[],
  results: readonly number[]
): number {
  const groups = new Map<string, number[]>();
  words.forEach((word, i) =>
    groups.set(word, [...(groups.get(word) ?? []), results[i]])
  );
  const all = mean(results);
  const between = [...groups.values()].reduce(
    (sum, group) => sum + group.length * (mean(group) - all) ** 2,
    0
  );
  const total = variance(results) * results.length;
  return total === 0 ? 0 : Math.min(1, Math.sqrt(between / total));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map(value => (value - middle) ** 2));
}
