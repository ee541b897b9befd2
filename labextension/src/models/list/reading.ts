import type { IApi } from '../../api';
import type { SearchAnswer } from '../../wire';
import type { ListWindow, Part, Span } from './listWindow';
import { missingPart, PAGE, partToRefresh } from './listWindow';
import type { Children } from '../runs/nested';
import { childrenIn, childrenOf } from '../runs/nested';
import { questionOf } from './question';
import type { RunsState } from './runsState';

/** What was read of a list, and what the last answer said of the rest. */
export interface Reading extends ListWindow {
  readonly nextToken: string | null;
  /** How many runs match; null where they were not counted. */
  readonly total: number | null;
  /** How many runs are nested in each of those of the last answer. */
  readonly children: Children;
}

type Reader = Pick<IApi, 'searchRuns'>;

/** Return what is to be read next, now that these places are on the screen; null for nothing. */
export function nextPart(state: RunsState, shown: Span): Part | null {
  if (state.isCounted) {
    return missingPart(state, shown, state.total);
  }
  const end = state.offset + state.runs.length;
  const isNear = shown.last + PAGE / 2 >= end;
  return isNear && state.nextToken !== null
    ? { offset: end, size: PAGE }
    : null;
}

/** Read a part: by its place in a list that was counted, else it is what follows. */
export async function readPart(
  api: Reader,
  state: RunsState,
  { offset, size }: Part,
  signal: AbortSignal
): Promise<Reading> {
  const place = state.isCounted ? { offset } : { page_token: state.nextToken };
  const question = { ...questionOf(state, size), count: false, ...place };
  return toReading(offset, await api.searchRuns(question, signal));
}

/** Read again what is shown, so that nothing vanishes under the eye; another list from its start. */
export async function readAgain(
  api: Reader,
  state: RunsState,
  shown: Span,
  signal: AbortSignal
): Promise<Reading> {
  if (state.store?.exists === false) {
    return { offset: 0, runs: [], nextToken: null, total: 0, children: null };
  }
  const begin = { ...state, isCounted: true };
  if (state.isLoading) {
    return readPart(api, begin, { offset: 0, size: PAGE }, signal);
  }
  if (state.isCounted) {
    const part = partToRefresh(state, shown, state.total);
    return readPart(api, state, part, signal);
  }
  // Nobody knows how long it is, so it must not grow shorter meanwhile.
  let found = await readPart(api, begin, { offset: 0, size: PAGE }, signal);
  while (found.nextToken !== null && found.runs.length < state.runs.length) {
    const so = { ...state, nextToken: found.nextToken };
    const part = { offset: found.runs.length, size: PAGE };
    const more = await readPart(api, so, part, signal);
    const runs = [...found.runs, ...more.runs];
    const children = childrenOf(runs, more.children, found.children);
    found = { ...more, offset: 0, runs, children };
  }
  return found;
}

/** Count the runs of a list; null where its store cannot tell. */
export async function countRuns(
  api: Reader,
  state: RunsState,
  signal: AbortSignal
): Promise<number | null> {
  const answer = await api.searchRuns(questionOf(state, 1), signal);
  return answer.next_page_token === null ? answer.runs.length : answer.total;
}

/** Return how many runs there are, as far as the answer and what was read before tell it. */
export function totalOf(
  { offset, runs, nextToken, total }: Reading,
  before: Pick<RunsState, 'total' | 'isCounted'> | null
): Pick<RunsState, 'total' | 'isCounted'> {
  const end = offset + runs.length;
  if (total !== null) {
    return { total, isCounted: true };
  }
  if (nextToken === null && (runs.length > 0 || offset === 0)) {
    return { total: end, isCounted: true };
  }
  return before?.isCounted
    ? { total: Math.max(before.total, end), isCounted: true }
    : { total: end, isCounted: false };
}

/** Whether runs follow after those that were read. */
export function hasMore(state: RunsState): boolean {
  return !state.isCounted || state.offset + state.runs.length < state.total;
}

function toReading(offset: number, answer: SearchAnswer): Reading {
  const { runs, next_page_token: nextToken, total } = answer;
  return { offset, runs, nextToken, total, children: childrenIn(answer) };
}
