import type { RunRow } from '../../wire';

/** Metrics of the machine, which tracker itself logs during long runs, begin like this. */
const SYSTEM = 'system/';

/** Whether a metric tells of the machine and not of the work. */
export function isSystemMetric(key: string): boolean {
  return key.startsWith(SYSTEM);
}

/**
 * Return how many of the runs have each metric, the most common first, then by name. Those of the
 * machine come last.
 */
export function metricCounts(runs: readonly RunRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const run of runs) {
    for (const key of Object.keys(run.metrics)) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return new Map(
    [...counts].sort(
      ([a, n], [b, m]) =>
        Number(isSystemMetric(a)) - Number(isSystemMetric(b)) ||
        m - n ||
        a.localeCompare(b)
    )
  );
}

/** Return the metric that says something of most runs; the present one while it does well enough. */
export function commonMetric(
  counts: ReadonlyMap<string, number>,
  present: string | null
): string | null {
  const [best] = counts.keys();
  if (best === undefined) {
    return null;
  }
  const has = present === null ? 0 : (counts.get(present) ?? 0);
  return has * 2 >= (counts.get(best) ?? 0) ? present : best;
}

/** Which values of a metric are good ones. */
export type Direction = 'lower' | 'higher' | 'none';

const LOWER =
  /(^|[^a-z])(loss|losses|error|err|[rnw]?mse|rmsle|mae|mape|mad|perplexity|ppl|nll|bce|ce|entropy|logloss|deviance|regret|latency|time|seconds|duration|wer|cer|fid|eer|brier)([^a-z]|$)|loss$|error$/i;
const HIGHER =
  /(^|[^a-z])(acc|accuracy|auc|auroc|prauc|roc|ap|map|f1|f2|fbeta|precision|recall|sensitivity|specificity|score|r2|r\^2|iou|miou|dice|bleu|rouge|ndcg|mrr|hits?|kappa|mcc|reward|return|psnr|ssim|throughput|correlation|likelihood)([^a-z]|$)|accuracy$|score$|reward$|f1|r2/i;

/** Return which way a metric of that name usually goes; none where the name does not tell. */
export function guessDirection(key: string): Direction {
  const name = key.replace(/([a-z])([A-Z])/g, '$1_$2');
  if (LOWER.test(name)) {
    return 'lower';
  }
  return HIGHER.test(name) ? 'higher' : 'none';
}

/**
 * Return the keys of all metrics: those with curves first, then those of a single point a run, then
 * those of the machine.
 */
export function chartKeys(
  runs: readonly RunRow[],
  curvesOnly = false
): string[] {
  const isCurve = new Map<string, boolean>();
  for (const run of runs) {
    for (const [key, metric] of Object.entries(run.metrics)) {
      isCurve.set(key, (isCurve.get(key) ?? false) || metric.count > 1);
    }
  }
  return [...isCurve]
    .filter(([, curve]) => curve || !curvesOnly)
    .sort(
      ([a, aCurve], [b, bCurve]) =>
        Number(isSystemMetric(a)) - Number(isSystemMetric(b)) ||
        Number(bCurve) - Number(aCurve) ||
        a.localeCompare(b, undefined, { numeric: true })
    )
    .map(([key]) => key);
}
