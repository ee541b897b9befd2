import type { RunRow } from '../../wire';
import type { Span } from './listWindow';
import { trimmed } from './listWindow';
import { hasNewNested } from '../runs/nested';
import { isNewest } from './order';
import { filterOf } from './question';
import { hasMore } from './reading';
import { isNewestFirst, mergeRows } from './rows';
import type { RunsState } from './runsState';

/** What a list becomes when rows of it change, and what only the server knows then. */
export interface Told {
  readonly change: Pick<RunsState, 'runs' | 'offset' | 'total'>;
  /** Whether the list has more or fewer runs than before. */
  readonly isCountOther: boolean;
  /** Whether the list must be read again. */
  readonly isUnsure: boolean;
}

/**
 * Put changed rows into the list as far as a page can judge it. `met` has the runs that were told
 * of while they were out of sight; it grows.
 */
export function tell(
  state: RunsState,
  rows: readonly RunRow[],
  shown: Span,
  met: Set<string>
): Told {
  const { runs, offset, total, experimentId, view } = state;
  // Only the server can tell whether a run matches a filter, or where it stands in an order.
  const canJudge = filterOf(state) === '' && isNewest(state.order);
  const takeNew = canJudge && offset === 0;
  const isFolded = state.children !== null;
  const more = hasMore(state);
  const scope = { experimentId, view, takeNew, isFolded, hasMore: more };
  const merged = mergeRows(runs, rows, scope);
  const delta = merged.added - merged.removed;
  const isSorted = canJudge && isNewestFirst(merged.runs);
  return {
    change: {
      ...trimmed({ offset, runs: merged.runs }, shown),
      total: total + delta
    },
    isCountOther: delta !== 0,
    isUnsure: [
      !isSorted,
      offset > 0 && hasStrangers(state, rows, met),
      isFolded && hasNewNested(rows, met)
    ].some(Boolean)
  };
}

/** Whether one of these runs, out of sight above the rows that were read, may be a new one. */
function hasStrangers(
  { runs }: RunsState,
  rows: readonly RunRow[],
  met: Set<string>
): boolean {
  const here = new Set(runs.map(run => run.run_id));
  const strangers = rows.filter(
    ({ run_id }) => !here.has(run_id) && !met.has(run_id)
  );
  strangers.forEach(({ run_id }) => met.add(run_id));
  return strangers.length > 0;
}
