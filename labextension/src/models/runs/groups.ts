import type { RunRow } from '../../wire';
import { dimensionsOf } from './dimensions';

const INTERNAL_TAG = /^(mlflow|tracker)\./;

/** What runs can be put into groups by: `param:KEY` or `tag:KEY`, and what it is called. */
export interface Grouping {
  readonly id: string;
  readonly label: string;
}

/** Return what these runs differ in and share: of a value a run each there are no groups. */
export function groupingsOf(runs: readonly RunRow[]): Grouping[] {
  const params = dimensionsOf(runs)
    .filter(({ kind }) => kind === 'param')
    .map(({ id, key }) => ({ id, label: key }));
  const tags = [...new Set(runs.flatMap(run => Object.keys(run.tags)))]
    .filter(key => !INTERNAL_TAG.test(key))
    .sort()
    .map(key => ({ id: `tag:${key}`, label: key }));
  return [...params, ...tags].filter(({ id }) => {
    const groups = new Set(runs.map(run => groupOf(run, id)));
    return groups.size > 1 && groups.size < runs.length;
  });
}

/** Return the value that puts a run into its group; '' where it has none. */
export function groupOf(run: RunRow, grouping: string): string {
  const key = grouping.slice(grouping.indexOf(':') + 1);
  const values = grouping.startsWith('tag:') ? run.tags : run.params;
  return values[key] ?? '';
}
