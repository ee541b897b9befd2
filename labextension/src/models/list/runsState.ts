import type { ApiError } from '../../errors';
import type { ExperimentRow, RunRow, StoreRow } from '../../wire';
import type { LiveState } from '../runs/live';
import type { Order } from './order';
import { NEWEST } from './order';

/** What the sidebar shows. Every change makes a new object. */
export interface RunsState {
  /** The folder whose store is shown; null before there is any. */
  readonly folder: string | null;
  /** The store that answered; null while none has. */
  readonly store: StoreRow | null;
  readonly experiments: readonly ExperimentRow[];
  /** The experiment whose runs are shown; null for all. */
  readonly experimentId: string | null;
  /** Whether the runs in use are listed, or those in the bin. */
  readonly view: 'active' | 'deleted';
  /** Whether only favourites are listed. */
  readonly favouritesOnly: boolean;
  /** What the runs are grouped by, as `ListLayout` has it; '' where they are listed one by one. */
  readonly groupBy: string;
  /** Whether nested runs are wanted under the run that started them. */
  readonly isNested: boolean;
  /** How many runs are nested in each; null where nested runs are listed like all others. */
  readonly children: ReadonlyMap<string, number> | null;
  /** How the runs are sorted. */
  readonly order: Order;
  /** The path of the notebook in front, from the server's root; null where there is none. */
  readonly notebook: string | null;
  /** Whether only the runs of that notebook are listed. */
  readonly notebookOnly: boolean;
  /** The filter as it was typed. */
  readonly filter: string;
  /** Why the filter could not be understood. */
  readonly filterError: ApiError | null;
  /** Why there is no list, or no newer one. */
  readonly error: ApiError | null;
  /** The part of the list that was read, in its order: what is on the screen and around it. */
  readonly runs: readonly RunRow[];
  /** The place in the list of the first of `runs`. */
  readonly offset: number;
  /** Another number for another list, the same one while a list only changes. */
  readonly list: number;
  /** The number of runs that match, read or not; where it is not known, of those read so far. */
  readonly total: number;
  /** Whether `total` is known. Where it is, every place of the list can be read at once. */
  readonly isCounted: boolean;
  /** What asks for the runs after these; null where there are none. */
  readonly nextToken: string | null;
  /** Whether the first page of another list is under way. */
  readonly isLoading: boolean;
  /** The keys of the metrics of the runs read so far, the most common first. */
  readonly metricKeys: readonly string[];
  /** The metric that was chosen; null where the most common one is shown. */
  readonly chosenMetric: string | null;
  /** The metric whose last value each row shows; null where no run has any. */
  readonly metric: string | null;
  /** How changes reach this page. */
  readonly live: LiveState;
}

/** What is shown before anything is known. */
export const NOTHING: RunsState = {
  folder: null,
  store: null,
  experiments: [],
  experimentId: null,
  view: 'active',
  favouritesOnly: false,
  groupBy: '',
  isNested: true,
  children: null,
  order: NEWEST,
  notebook: null,
  notebookOnly: false,
  filter: '',
  filterError: null,
  error: null,
  runs: [],
  offset: 0,
  list: 0,
  total: 0,
  isCounted: true,
  nextToken: null,
  isLoading: true,
  metricKeys: [],
  chosenMetric: null,
  metric: null,
  live: 'paused'
};

/** What is no longer shown when another store is. */
export const ANOTHER_STORE = {
  isLoading: true,
  runs: [],
  offset: 0,
  children: null,
  chosenMetric: null
};

/** What is shown of another store while nothing of it is known: nothing of the one before. */
export const UNREAD: Partial<RunsState> = {
  store: null,
  experiments: [],
  experimentId: null,
  filterError: null,
  error: null,
  runs: [],
  total: 0,
  offset: 0,
  children: null,
  isLoading: true,
  metricKeys: [],
  chosenMetric: null,
  metric: null
};

/** Whether what stands in the place of a folder is the name of a store that was opened. */
export function isOpened(folder: string | null): boolean {
  return folder?.startsWith('store:') ?? false;
}

/** Which of all runs a list is about. */
export type ListScope = Pick<
  RunsState,
  'view' | 'notebookOnly' | 'favouritesOnly' | 'groupBy' | 'isNested'
>;

/** Return what is different in a scope; null where nothing is. */
export function scopeChange(
  state: RunsState,
  scope: Partial<ListScope>
): Partial<ListScope> | null {
  const keys = Object.keys(scope) as (keyof ListScope)[];
  const other = keys.filter(key => scope[key] !== state[key]);
  return other.length === 0 ? null : scope;
}
