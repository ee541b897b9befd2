import type { RunRow } from '../../wire';
import { recordOf, textsOf } from '../saved';

/** Two runs, the first on the left. */
export type Pair = readonly [string, string];

/** Which runs a comparison is of and what part each plays: what survives a reload. */
export interface Arrangement {
  readonly runIds: readonly string[];
  readonly baseline: string | null;
  readonly hidden: readonly string[];
  readonly pinned: readonly string[];
  readonly pair: Pair | null;
}

/** Return the chosen pair while both are there, else the baseline or first run and the next. */
export function pairAmong(
  runs: readonly RunRow[],
  pair: Pair | null,
  baseline: string | null
): Pair | null {
  const ids = runs.map(run => run.run_id);
  if (pair && pair.every(id => ids.includes(id))) {
    return pair;
  }
  const left = baseline ?? ids[0];
  const right = ids.find(id => id !== left);
  return right === undefined ? null : [left, right];
}

/** What was kept may come from a link of anybody's. */
export function partsOf(saved: unknown) {
  const { baseline, hidden, pinned, pair } = recordOf(saved);
  const [left, right] = textsOf(pair);
  return {
    baseline: typeof baseline === 'string' ? baseline : null,
    hidden: textsOf(hidden),
    pinned: new Set(textsOf(pinned)),
    pair: right === undefined ? null : ([left, right] as const)
  };
}
