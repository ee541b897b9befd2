import type { IApi } from '../api';
import { inNotebook, toFilter } from '../filter';
import type { RunRow, SearchRequest } from '../wire';
import { toOrderBy } from './order';
import type { RunsState } from './runsState';

const LARGEST_PAGE = 1_000;

/** The beginning of a list: what follows is asked for with `nextToken`. */
export interface Pages {
  readonly runs: RunRow[];
  readonly total: number;
  readonly nextToken: string | null;
}

/** Return what asks the server for a page of the runs that a list shows. */
export function questionOf(state: RunsState, size: number): SearchRequest {
  const { folder, experimentId, view, order, metric } = state;
  const filter = filterOf(state);
  const orderBy = toOrderBy(order, metric);
  return {
    folder: folder ?? '',
    max_results: size,
    ...(filter === '' ? {} : { filter }),
    ...(view === 'active' ? {} : { view }),
    ...(orderBy.length === 0 ? {} : { order_by: orderBy }),
    ...(experimentId === null ? {} : { experiment_ids: [experimentId] })
  };
}

/** Return the filter of a list: what was typed, and whether it is about one notebook. */
export function filterOf(state: RunsState): string {
  const { notebook, notebookOnly, store } = state;
  const typed = toFilter(state.filter);
  return notebookOnly && notebook !== null
    ? inNotebook(typed, notebook, store?.uri ?? '')
    : typed;
}

/** Read at least as many runs as are wanted, if there are so many, in pages that the server gives. */
export async function readPages(
  api: Pick<IApi, 'searchRuns'>,
  state: RunsState,
  wanted: number,
  signal: AbortSignal
): Promise<Pages> {
  let runs: RunRow[] = [];
  let nextToken: string | null = null;
  let total = 0;
  if (state.store?.exists === false) {
    return { runs, total, nextToken };
  }
  do {
    const size = Math.min(wanted - runs.length, LARGEST_PAGE);
    const request = { ...questionOf(state, size), page_token: nextToken };
    const answer = await api.searchRuns(request, signal);
    runs = runs.concat(answer.runs);
    nextToken = answer.next_page_token;
    total = answer.total;
  } while (nextToken !== null && runs.length < wanted);
  return { runs, total, nextToken };
}
