import type { RunRow } from '../../wire';
import { metricCounts } from '../runs/metrics';

/** Which number of a metric a column shows. */
export type Summary = 'last' | 'min' | 'max';

/** What is known of every run. */
export type RunKey = 'age' | 'duration' | 'user' | 'source';

/** A column of the list. */
export type ListColumn =
  | { readonly kind: 'metric'; readonly key: string; readonly summary: Summary }
  | { readonly kind: 'param' | 'tag'; readonly key: string }
  | { readonly kind: 'run'; readonly key: RunKey };

/** The summaries of a metric in the order in which they are offered. */
export const SUMMARIES: readonly Summary[] = ['last', 'min', 'max'];

/** What every run has, in the order in which it is offered. */
export const RUN_KEYS: readonly RunKey[] = [
  'age',
  'duration',
  'user',
  'source'
];

/** The columns where none were chosen. */
export const USUAL_COLUMNS: readonly ListColumn[] = [
  { kind: 'run', key: 'age' },
  { kind: 'run', key: 'duration' }
];

const SOURCE_TAG = 'mlflow.source.name';
const INTERNAL_TAG = /^(mlflow|tracker)\./;

/** Return what names a column, the same in every store: `metric:min:loss`, `param:lr`. */
export function columnId(column: ListColumn): string {
  return column.kind === 'metric'
    ? `metric:${column.summary}:${column.key}`
    : `${column.kind}:${column.key}`;
}

/** Return the column of a name; null where it is none. */
export function columnOf(id: string): ListColumn | null {
  const [kind, rest] = split(id);
  if (kind === 'metric') {
    const [name, key] = split(rest);
    const summary = SUMMARIES.find(one => one === name);
    return summary && key !== '' ? { kind, key, summary } : null;
  }
  if (kind === 'run') {
    const key = RUN_KEYS.find(one => one === rest);
    return key ? { kind, key } : null;
  }
  return (kind === 'param' || kind === 'tag') && rest !== ''
    ? { kind, key: rest }
    : null;
}

/** Return what the search calls a column when it sorts by it. */
export function sortField(column: ListColumn): string {
  const { kind, key } = column;
  switch (kind) {
    case 'metric':
      return column.summary === 'last'
        ? `metrics.${quotedName(key)}`
        : `metrics.${quotedName(key)}.${column.summary}`;
    case 'param':
    case 'tag':
      return `${kind}s.${quotedName(key)}`;
    default:
      return {
        age: 'attributes.start_time',
        duration: 'attributes.duration',
        user: 'attributes.user_id',
        source: `tags.${SOURCE_TAG}`
      }[key];
  }
}

/** Return the text that a run has in a column; '' where it has none, or where time moves it. */
export function columnText(run: RunRow, column: ListColumn): string {
  switch (column.kind) {
    case 'param':
      return run.params[column.key] ?? '';
    case 'tag':
      return run.tags[column.key] ?? '';
    case 'run':
      return column.key === 'user'
        ? run.user_id
        : column.key === 'source'
          ? (run.tags[SOURCE_TAG] ?? '')
          : '';
    default:
      return '';
  }
}

/** The keys that runs have, the most common first. */
export interface KnownKeys {
  readonly metrics: readonly string[];
  readonly params: readonly string[];
  readonly tags: readonly string[];
}

/** Return the keys of these runs; tags that tools keep for themselves are left out. */
export function knownKeys(runs: readonly RunRow[]): KnownKeys {
  return {
    metrics: [...metricCounts(runs).keys()],
    params: byCount(runs.map(run => Object.keys(run.params))),
    tags: byCount(runs.map(run => Object.keys(run.tags))).filter(
      key => !INTERNAL_TAG.test(key)
    )
  };
}

/** Names are quoted with whichever quote they do not hold themselves. */
export function quotedName(name: string): string {
  return name.includes('`') ? `"${name}"` : `\`${name}\``;
}

function split(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function byCount(lists: readonly string[][]): string[] {
  const counts = new Map<string, number>();
  lists.flat().forEach(key => counts.set(key, (counts.get(key) ?? 0) + 1));
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || a.localeCompare(b))
    .map(([key]) => key);
}
