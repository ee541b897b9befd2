import type { RunRow } from '../../wire';
import { isNestedRun } from '../runs/nested';

/** What the list shows, as far as a page can judge it. */
export interface Scope {
  experimentId: string | null;
  /** Whether the runs in use are listed, or those in the bin. */
  view: 'active' | 'deleted';
  /** Whether a run that is not in the list belongs there if it is new. */
  takeNew: boolean;
  /** Whether nested runs stand below others, and not in the list itself. */
  isFolded: boolean;
  /** Whether older runs follow that were not read yet. */
  hasMore: boolean;
}

/** A list after a change, and by how many runs it grew and shrank. */
export interface Merged {
  runs: RunRow[];
  added: number;
  removed: number;
}

/** Return the list with changed rows put in their places; the order is kept, newest first. */
export function mergeRows(
  runs: readonly RunRow[],
  changed: readonly RunRow[],
  scope: Scope
): Merged {
  const rows = new Map(changed.map(row => [row.run_id, row]));
  const kept: RunRow[] = [];
  let removed = 0;
  for (const run of runs) {
    const row = rows.get(run.run_id);
    rows.delete(run.run_id);
    if (row && !isShown(row, scope)) {
      removed += 1;
    } else {
      kept.push(row ?? run);
    }
  }
  const fresh = [...rows.values()].filter(
    row =>
      scope.takeNew &&
      isShown(row, scope) &&
      !(scope.isFolded && isNestedRun(row)) &&
      isReached(row, runs, scope)
  );
  return { runs: insertAll(kept, fresh), added: fresh.length, removed };
}

/** Whether no run stands above a newer one. */
export function isNewestFirst(runs: readonly RunRow[]): boolean {
  return runs.every((run, i) => i === 0 || !isOlder(runs[i - 1], run));
}

function isShown(row: RunRow, scope: Scope): boolean {
  return (
    row.lifecycle_stage === scope.view &&
    (scope.experimentId === null || scope.experimentId === row.experiment_id)
  );
}

/** A run older than the last one read is in a page that is still to come. */
function isReached(
  row: RunRow,
  runs: readonly RunRow[],
  scope: Scope
): boolean {
  const last = runs[runs.length - 1];
  return !scope.hasMore || last === undefined || !isOlder(row, last);
}

function insertAll(runs: RunRow[], fresh: RunRow[]): RunRow[] {
  for (const row of fresh) {
    const at = runs.findIndex(run => isOlder(run, row));
    runs.splice(at < 0 ? runs.length : at, 0, row);
  }
  return runs;
}

function isOlder(a: RunRow, b: RunRow): boolean {
  return a.start_time < b.start_time;
}
