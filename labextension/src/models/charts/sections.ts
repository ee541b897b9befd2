import type { CurveView } from './curveView';
import { isSystemMetric } from '../runs/metrics';

/** As few charts as this are found without headings. */
const FEW = 8;

/** A chart: its metric, and those that are drawn in it too. */
export interface ChartSpec {
  readonly metric: string;
  readonly others: readonly string[];
}

/** Charts that stand together: those that are pinned, or whose metrics begin alike. */
export interface Section {
  readonly kind: 'pinned' | 'prefix' | 'rest';
  /** What the metrics begin with; of those that are pinned and of the rest nothing. */
  readonly prefix: string;
  readonly charts: readonly ChartSpec[];
}

const NO_OTHERS: readonly string[] = [];

/** Return the charts of metrics, those that are drawn in another's chart within that one. */
export function chartsOf(
  keys: readonly string[],
  view: Pick<CurveView, 'combined'>
): ChartSpec[] {
  const known = new Set(keys);
  const groups = new Map<string, readonly string[]>();
  const taken = new Set<string>();
  for (const group of view.combined) {
    const [metric, ...others] = group.filter(
      key => known.has(key) && !taken.has(key)
    );
    if (others.length > 0) {
      groups.set(metric, others);
      others.forEach(key => taken.add(key));
    }
  }
  return keys
    .filter(key => !taken.has(key))
    .map(metric => ({ metric, others: groups.get(metric) ?? NO_OTHERS }));
}

/** Return the charts in sections: pinned ones first, then by what the names begin with. */
export function sectionsOf(
  charts: readonly ChartSpec[],
  view: Pick<CurveView, 'pinned'>
): Section[] {
  const pinned = view.pinned.flatMap(key =>
    charts.filter(({ metric }) => metric === key)
  );
  const others = charts.filter(({ metric }) => !view.pinned.includes(metric));
  const counts = new Map<string, number>();
  for (const { metric } of others) {
    counts.set(prefixOf(metric), (counts.get(prefixOf(metric)) ?? 0) + 1);
  }
  const isFew = others.length <= FEW;
  const groups = new Map<string, ChartSpec[]>([['', []]]);
  for (const chart of others) {
    const prefix = prefixOf(chart.metric);
    const hasOwn = (counts.get(prefix) ?? 0) > 1 && !isFew;
    const name = hasOwn || isSystemMetric(chart.metric) ? prefix : '';
    groups.set(name, [...(groups.get(name) ?? []), chart]);
  }
  const sections = [...groups].map(([prefix, found]): Section => {
    return { kind: prefix ? 'prefix' : 'rest', prefix, charts: found };
  });
  return [
    { kind: 'pinned', prefix: '', charts: pinned } as Section,
    ...sections
  ].filter(section => section.charts.length > 0);
}

/** Return what a section is called among those that are folded. */
export function foldId({ kind, prefix }: Section): string {
  return kind === 'pinned' ? 'pinned:' : prefix;
}

/** Return the metrics of the chart that stands first; none where there is no chart. */
export function firstMetrics(
  keys: readonly string[],
  view: Pick<CurveView, 'combined' | 'pinned' | 'folded'>
): readonly string[] {
  const section = sectionsOf(chartsOf(keys, view), view).find(
    one => one.kind === 'rest' || !view.folded.includes(foldId(one))
  );
  const chart = section?.charts[0];
  return chart ? [chart.metric, ...chart.others] : [];
}

/** Return how the lists of metrics that share a chart are, after one more does. */
export function combine(
  combined: CurveView['combined'],
  metric: string,
  other: string
): string[][] {
  const group = combined.find(([first]) => first === metric) ?? [metric];
  const rest = combined.filter(([first]) => first !== metric);
  return [...separate(rest, other), [...group, other]];
}

/** Return how they are after one has a chart of its own again. */
export function separate(
  combined: CurveView['combined'],
  other: string
): string[][] {
  return combined
    .map(group => group.filter((key, i) => i === 0 || key !== other))
    .filter(group => group.length > 1);
}

function prefixOf(metric: string): string {
  return metric.includes('/') ? metric.slice(0, metric.indexOf('/')) : '';
}
