import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../api';
import { asApiError, isAbort } from '../errors';
import { toFilter } from '../filter';
import type { ExperimentRow, RunRow, StoreRow } from '../wire';
import type { Live, LiveChange, LiveChannels, LiveState } from './live';
import { commonMetric, metricCounts } from './metrics';
import type { Order } from './order';
import { isNewest } from './order';
import { filterOf, questionOf, readPages } from './question';
import { isNewestFirst, mergeRows } from './rows';
import type { RunsState } from './runsState';
import { NOTHING } from './runsState';

const PAGE = 200;
const LARGEST_REFRESH = 5_000;
const REFRESH_DELAY = 400;

/** The runs of one folder's store. Every answer that nobody wants any more is dropped. */
export class RunsModel implements IDisposable {
  constructor(
    private readonly _api: IApi,
    private readonly _channels: Pick<LiveChannels, 'of'>
  ) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get state(): RunsState {
    return this._state;
  }

  /** Emitted when `state` is another one. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when another store is shown: what was ticked is of the old one. */
  get storeChanged(): ISignal<this, void> {
    return this._storeChanged;
  }

  /** Show the store of a folder. */
  setFolder(folder: string): void {
    if (folder === this._state.folder) {
      return;
    }
    this._live?.changed.disconnect(this._onLive, this);
    this._live?.stateChanged.disconnect(this._onLiveState, this);
    this._live = this._channels.of(folder);
    this._live.changed.connect(this._onLive, this);
    this._live.stateChanged.connect(this._onLiveState, this);
    this._set({ folder, live: this._live.state });
    this._listen();
    void this.refresh();
  }

  /** Listen to changes while somebody looks, and only then. */
  setActive(active: boolean): void {
    if (active !== this._isActive) {
      this._isActive = active;
      this._listen();
    }
  }

  /** Show the runs of one experiment, null for all; one that is not there changes nothing. */
  setExperiment(experimentId: string | null): void {
    const { experiments } = this._state;
    const isKnown = experiments.some(e => e.experiment_id === experimentId);
    if (experimentId !== null && !isKnown) {
      return;
    }
    if (experimentId !== this._state.experimentId) {
      this._set({ experimentId });
      void this._search();
    }
  }

  /** Search for what was typed: a filter, or words of a name. */
  setFilter(filter: string): void {
    const isSame = toFilter(filter) === toFilter(this._state.filter);
    this._set({ filter });
    if (!isSame) {
      void this._search();
    }
  }

  /** List the runs in use or those in the bin, of the notebook in front or of all. */
  setScope(scope: Partial<Pick<RunsState, 'view' | 'notebookOnly'>>): void {
    const next = { ...this._state, ...scope };
    const { view, notebookOnly } = this._state;
    if (next.view !== view || next.notebookOnly !== notebookOnly) {
      this._set(scope);
      void this._search();
    }
  }

  /** Say which notebook is in front; null for none. */
  setNotebook(notebook: string | null): void {
    const { notebook: old, notebookOnly } = this._state;
    if (notebook !== old) {
      this._set({ notebook });
      if (notebookOnly) {
        void this._search();
      }
    }
  }

  /** Sort the runs. */
  setOrder(order: Order): void {
    const { key, ascending } = this._state.order;
    if (order.key !== key || order.ascending !== ascending) {
      const { metric, chosenMetric } = this._state;
      // What runs are sorted by must not change because another metric became the usual one.
      const isByMetric = order.key === 'metric';
      this._set({ order, chosenMetric: isByMetric ? metric : chosenMetric });
      void this._search();
    }
  }

  /** Show this metric in each row; null for the most common one. */
  setMetric(chosenMetric: string | null): void {
    const before = this._state.metric;
    this._set({ chosenMetric, ...this._metricsOf(this._state, chosenMetric) });
    const { order, metric } = this._state;
    if (order.key === 'metric' && metric !== before) {
      void this._search();
    }
  }

  /** Show this metric where none was chosen and a run has it; null for the most common one. */
  setDefaultMetric(key: string | null): void {
    this._defaultMetric = key;
    this._set(this._metricsOf(this._state, this._state.chosenMetric));
  }

  /** Read everything again. */
  async refresh(): Promise<void> {
    const folder = this._state.folder;
    if (folder === null) {
      return;
    }
    const signal = this._restart();
    try {
      const { store, experiments } = await this._api.experiments(
        folder,
        signal
      );
      this._live?.seen(store.revision);
      this._takeStore(store, experiments);
      await this._read(signal);
    } catch (error) {
      this._fail(error);
    }
  }

  /** Read the next page. */
  async loadMore(): Promise<void> {
    const { nextToken, isLoading } = this._state;
    if (nextToken === null || this._isLoadingMore || isLoading) {
      return;
    }
    this._isLoadingMore = true;
    try {
      const answer = await this._api.searchRuns(
        { ...questionOf(this._state, PAGE), page_token: nextToken },
        this._abort.signal
      );
      const known = new Set(this._state.runs.map(run => run.run_id));
      const more = answer.runs.filter(run => !known.has(run.run_id));
      this._setRuns([...this._state.runs, ...more], {
        nextToken: answer.next_page_token,
        total: answer.total
      });
    } catch (error) {
      this._fail(error);
    } finally {
      this._isLoadingMore = false;
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._abort.abort();
    window.clearTimeout(this._refreshTimer);
    this.setActive(false);
    this._live?.changed.disconnect(this._onLive, this);
    this._live?.stateChanged.disconnect(this._onLiveState, this);
    Signal.clearData(this);
  }

  private _listen(): void {
    this._hold?.dispose();
    this._hold = this._isActive && this._live ? this._live.hold() : null;
  }

  private async _search(): Promise<void> {
    if (this._state.store === null) {
      return this.refresh();
    }
    const signal = this._restart();
    this._set({ isLoading: true });
    try {
      await this._read(signal);
    } catch (error) {
      this._fail(error);
    }
  }

  /** Drop every answer that is under way. */
  private _restart(): AbortSignal {
    this._abort.abort();
    this._abort = new AbortController();
    this._waiting = [];
    this._needsAll = false;
    window.clearTimeout(this._refreshTimer);
    this._refreshTimer = 0;
    return this._abort.signal;
  }

  private _takeStore(store: StoreRow, experiments: ExperimentRow[]): void {
    const old = this._state;
    const isOther = old.store !== null && old.store.uri !== store.uri;
    const isKnown = experiments.some(e => e.experiment_id === old.experimentId);
    this._set({
      store,
      experiments,
      ...(isKnown ? {} : { experimentId: null }),
      ...(isOther ? { isLoading: true, runs: [], chosenMetric: null } : {})
    });
    if (isOther) {
      this._storeChanged.emit();
    }
  }

  /** Read as many rows as are shown (at least a page), so that nothing vanishes under the eye. */
  private async _read(signal: AbortSignal): Promise<void> {
    const { isLoading, runs: shown } = this._state;
    const wanted = isLoading
      ? PAGE
      : Math.min(Math.max(PAGE, shown.length), LARGEST_REFRESH);
    const answer = await readPages(this._api, this._state, wanted, signal);
    if (signal.aborted) {
      return;
    }
    let runs = answer.runs;
    // What was told while the answer was under way may be newer than the answer.
    const scope = { ...this._scope(), hasMore: answer.nextToken !== null };
    for (const rows of this._waiting ?? []) {
      runs = mergeRows(runs, rows, scope).runs;
    }
    this._waiting = null;
    this._setRuns(runs, {
      nextToken: answer.nextToken,
      total: answer.total,
      list: this._state.list + (isLoading ? 1 : 0),
      isLoading: false,
      filterError: null,
      error: null
    });
  }

  private _fail(error: unknown): void {
    if (isAbort(error) || this._isDisposed) {
      return;
    }
    this._waiting = null;
    const failure = asApiError(error);
    this._set(
      failure.column === null
        ? { isLoading: false, nextToken: null, error: failure }
        : { isLoading: false, filterError: failure }
    );
  }

  private _onLiveState(_: Live, live: LiveState): void {
    this._set({ live });
  }

  private _onLive(_: Live, change: LiveChange): void {
    if (change.runs === null) {
      this._refreshSoon('all');
      return;
    }
    if (change.experimentsChanged) {
      this._refreshSoon(this._state.store?.exists ? 'counts' : 'all');
    }
    if (this._waiting) {
      this._waiting.push(change.runs);
      return;
    }
    const { runs, total } = this._state;
    const merged = mergeRows(runs, change.runs, this._scope());
    const delta = merged.added - merged.removed;
    const isSorted = isNewest(this._state.order) && isNewestFirst(merged.runs);
    if (!this._canJudge() || !isSorted) {
      this._refreshSoon('all');
    } else if (delta !== 0) {
      this._refreshSoon('counts');
    }
    this._setRuns(merged.runs, { total: total + delta });
  }

  private _scope() {
    return {
      experimentId: this._state.experimentId,
      view: this._state.view,
      takeNew: this._canJudge(),
      hasMore: this._state.nextToken !== null
    };
  }

  /** Only the server can tell whether a run matches a filter, or where it stands in an order. */
  private _canJudge(): boolean {
    return filterOf(this._state) === '' && isNewest(this._state.order);
  }

  /** Counts, and what matches a filter, only the server knows; not asked more often than needed. */
  private _refreshSoon(what: 'counts' | 'all'): void {
    this._needsAll ||= what === 'all';
    if (this._refreshTimer === 0) {
      this._refreshTimer = window.setTimeout(this._refreshNow, REFRESH_DELAY);
    }
  }

  private _refreshNow = (): void => {
    this._refreshTimer = 0;
    if (this._waiting) {
      // Let the answer that is under way arrive: a slow server would never finish one otherwise.
      this._refreshSoon('counts');
    } else if (this._needsAll) {
      void this.refresh();
    } else {
      void this._refreshCounts();
    }
  };

  private async _refreshCounts(): Promise<void> {
    const signal = this._abort.signal;
    try {
      const answer = await this._api.experiments(
        this._state.folder ?? '',
        signal
      );
      if (!signal.aborted) {
        this._takeStore(answer.store, answer.experiments);
      }
    } catch (error) {
      this._fail(error);
    }
  }

  private _setRuns(runs: readonly RunRow[], more: Partial<RunsState>): void {
    const state = { ...this._state, ...more, runs };
    this._set({
      ...more,
      runs,
      ...this._metricsOf(state, state.chosenMetric)
    });
  }

  private _metricsOf(
    state: RunsState,
    chosen: string | null
  ): Pick<RunsState, 'metricKeys' | 'metric'> {
    const counts = metricCounts(state.runs);
    this._common = commonMetric(counts, this._common);
    const preferred = this._defaultMetric;
    const usual =
      preferred !== null && counts.has(preferred) ? preferred : this._common;
    return { metricKeys: [...counts.keys()], metric: chosen ?? usual };
  }

  private _set(change: Partial<RunsState>): void {
    this._state = { ...this._state, ...change };
    this._changed.emit();
  }

  private _isDisposed = false;
  private _isActive = false;
  private _isLoadingMore = false;
  private _state = NOTHING;
  private _common: string | null = null;
  private _defaultMetric: string | null = null;
  /** Rows told while a list is being read; null while none is. */
  private _waiting: (readonly RunRow[])[] | null = null;
  private _abort = new AbortController();
  private _refreshTimer = 0;
  private _needsAll = false;
  private _live: Live | null = null;
  private _hold: IDisposable | null = null;
  private _changed = new Signal<this, void>(this);
  private _storeChanged = new Signal<this, void>(this);
}
