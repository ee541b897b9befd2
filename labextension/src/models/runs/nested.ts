import type { RunRow, SearchAnswer } from '../../wire';

/** The tag that holds the id of the run that a run is nested in. */
export const PARENT_TAG = 'mlflow.parentRunId';

/** How many runs are nested in each; null where nested runs are listed like all others. */
export type Children = ReadonlyMap<string, number> | null;

/** Whether a run was started by another one. */
export function isNestedRun(row: RunRow): boolean {
  return PARENT_TAG in row.tags;
}

/** Return what an answer tells of each of its runs, also that it has none nested. */
export function childrenIn({ runs, children }: SearchAnswer): Children {
  return children
    ? new Map(runs.map(({ run_id }) => [run_id, children[run_id] ?? 0]))
    : null;
}

/** Return the counts of these runs: what was read just now before what was read earlier. */
export function childrenOf(
  runs: readonly RunRow[],
  read: Children,
  before: Children
): Children {
  return (
    read &&
    new Map(
      runs.map(({ run_id }) => [
        run_id,
        read.get(run_id) ?? before?.get(run_id) ?? 0
      ])
    )
  );
}

/** Whether one of these runs is nested in another and may not have been counted there yet. */
export function hasNewNested(
  rows: readonly RunRow[],
  met: Set<string>
): boolean {
  const fresh = rows.filter(row => isNestedRun(row) && !met.has(row.run_id));
  fresh.forEach(({ run_id }) => met.add(run_id));
  return fresh.length > 0;
}
