import { both, inNotebook, toFilter } from '../../filter';
import type { SearchRequest } from '../../wire';
import { FAVOURITE } from '../runs/edits';
import { toOrderBy } from './order';
import type { RunsState } from './runsState';

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
    ...(isFolding(state) ? { parent: '' } : {}),
    ...(orderBy.length === 0 ? {} : { order_by: orderBy }),
    ...(experimentId === null ? {} : { experiment_ids: [experimentId] })
  };
}

/** Return the filter of a list: what was typed, and whether it is about one notebook. */
export function filterOf(state: RunsState): string {
  const { notebook, notebookOnly, store } = state;
  const typed = state.favouritesOnly
    ? both(toFilter(state.filter), `tags.${FAVOURITE} = 'true'`)
    : toFilter(state.filter);
  return notebookOnly && notebook !== null
    ? inNotebook(typed, notebook, store?.uri ?? '')
    : typed;
}

/**
 * Whether nested runs are folded: a search finds runs wherever they are, and so do favourites and
 * groups.
 */
export function isFolding(state: RunsState): boolean {
  const { isNested, groupBy, favouritesOnly, filter } = state;
  return isNested && groupBy === '' && !favouritesOnly && filter.trim() === '';
}
