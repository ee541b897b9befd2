import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import { asApiError, isAbort } from '../../errors';
import { toFilter } from '../../filter';
import type { ExperimentRow, RunRow, StoreRow } from '../../wire';
import { Counter } from './counting';
import type { Span } from './listWindow';
import { withPart } from './listWindow';
import { Listening } from './listening';
import type { LiveChange, LiveChannels } from '../runs/live';
import { childrenOf } from '../runs/nested';
import { isSameOrder, type Order } from './order';
import { Pace } from './pace';
import type { Reading } from './reading';
import type { Refresh } from './refreshing';
import { Refresher } from './refreshing';
import { nextPart, readAgain, readPart, totalOf } from './reading';
import type { ListScope, RunsState } from './runsState';
import { ANOTHER_STORE, isOpened, NOTHING, UNREAD } from './runsState';
import { scopeChange } from './runsState';
import { ShownMetric } from './shownMetric';
import { tell } from './telling';

/** The runs of one folder's store. Every answer that nobody wants any more is dropped. */
export class RunsModel implements IDisposable {
  constructor(
    private readonly _api: IApi,
    channels: Pick<LiveChannels, 'of'>
  ) {
    this._live = new Listening(
      channels,
      change => this._onLive(change),
      live => this._set({ live })
    );
    const state = () => this._state;
    this._counter = new Counter(_api, state, total =>
      this._set({ total, isCounted: true })
    );
  }

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

  /** Emitted when runs changed, in the list or not; null where any may have. */
  readonly told = new Signal<this, readonly RunRow[] | null>(this);

  /** Show the store of a folder, or one that was opened. */
  setFolder(folder: string): void {
    const { folder: old, store } = this._state;
    if (folder === old) {
      return;
    }
    const isOther = isOpened(folder) || isOpened(old);
    const live = this._live.follow(folder);
    this._set({ ...(isOther ? UNREAD : {}), folder, live });
    if (isOther && store !== null) {
      this._storeChanged.emit();
    }
    void this.refresh();
  }

  /** Listen to changes while somebody looks, and only then. */
  setActive(active: boolean): void {
    this._live.setActive(active);
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

  /** List the runs in use or those in the bin, of the notebook in front or of all, and so on. */
  setScope(scope: Partial<ListScope>): void {
    const change = scopeChange(this._state, scope);
    if (change) {
      this._set(change);
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
    if (!isSameOrder(order, this._state.order)) {
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
    this._set({
      chosenMetric,
      ...this._metric.of(this._state.runs, chosenMetric)
    });
    const { order, metric } = this._state;
    if (order.key === 'metric' && metric !== before) {
      void this._search();
    }
  }

  /** Show this metric where none was chosen and a run has it; null for the most common one. */
  setDefaultMetric(key: string | null): void {
    this._metric.preferred = key;
    this._set(this._metric.of(this._state.runs, this._state.chosenMetric));
  }

  /** Read everything again. */
  async refresh(): Promise<void> {
    const folder = this._state.folder;
    if (folder === null) {
      return;
    }
    const signal = this._restart();
    try {
      const answer = await this._api.experiments(folder, signal);
      this._live.seen(answer.store.revision);
      this._takeStore(answer.store, answer.experiments);
      await this._read(signal);
    } catch (error) {
      this._fail(error);
    }
  }

  /** Say which places of the list are on the screen: they are read, and those around them. */
  show(shown: Span): void {
    this._shown = shown;
    this._pace.moved(shown.first);
    void this._fill();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._abort.abort();
    this._counter.stop();
    this._refresher.clear();
    this._live.dispose();
    Signal.clearData(this);
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
    this._refresher.clear();
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
      ...(isOther ? ANOTHER_STORE : {})
    });
    if (isOther) {
      this._storeChanged.emit();
    }
  }

  /** Read what is shown, from the start where it is another list. */
  private async _read(signal: AbortSignal): Promise<void> {
    const { isLoading } = this._state;
    if (isLoading) {
      this._shown = { first: 0, last: 0 };
      this._met.clear();
    }
    const { _state: state, _shown: shown } = this;
    const reading = await readAgain(this._api, state, shown, signal);
    if (signal.aborted) {
      return;
    }
    const told = this._waiting?.flat() ?? [];
    this._waiting = null;
    this._take(reading, isLoading ? null : state, {
      list: state.list + (isLoading ? 1 : 0),
      isLoading: false,
      filterError: null,
      error: null
    });
    if (isLoading && !this._state.isCounted) {
      this._counter.begin();
    } else if (reading.total === null) {
      this._counter.again();
    }
    // What was told while the answer was under way may be newer than the answer.
    this._merge(told);
    void this._fill();
  }

  /** Read what is missing of the places shown, one part after the other. */
  private async _fill(): Promise<void> {
    const signal = this._abort.signal;
    if (this._isFilling || this._waiting || this._state.isLoading) {
      return;
    }
    this._isFilling = true;
    try {
      let part = nextPart(this._state, this._shown);
      while (part && !signal.aborted && !this._pace.isRacing) {
        const { _state: state } = this;
        this._late = [];
        const reading = await readPart(this._api, state, part, signal);
        if (this._pace.isRacing) {
          break;
        }
        const { isCounted } = this._state;
        const window = withPart(this._state, reading, this._shown, isCounted);
        const isStuck = reading.runs.length === 0;
        this._take({ ...reading, ...window }, isStuck ? null : state, {});
        // The part may be older than what was told meanwhile, and was put over it.
        this._mergeOrReadAgain(this._late);
        part = isStuck ? null : nextPart(this._state, this._shown);
      }
    } catch (error) {
      this._fail(error);
    } finally {
      this._isFilling = false;
      this._late = [];
    }
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

  private _onLive(change: LiveChange): void {
    this.told.emit(change.runs);
    if (change.runs === null) {
      this._refresher.soon('all');
      return;
    }
    if (change.experimentsChanged) {
      this._refresher.soon(this._state.store?.exists ? 'counts' : 'all');
    }
    if (this._waiting) {
      this._waiting.push(change.runs);
      return;
    }
    if (this._isFilling) {
      this._late.push(...change.runs);
    }
    this._mergeOrReadAgain(change.runs);
  }

  private _mergeOrReadAgain(rows: readonly RunRow[]): void {
    if (rows.length > 0 && this._merge(rows)) {
      this._refresher.soon('all');
    }
  }

  /** Put changed rows into the list; returns whether it must be read again. */
  private _merge(rows: readonly RunRow[]): boolean {
    const told = tell(this._state, rows, this._shown, this._met);
    if (told.isCountOther) {
      this._refresher.soon('counts');
    }
    this._setRuns(told.change.runs, told.change);
    return told.isUnsure;
  }

  private _readAgain(what: Refresh): boolean {
    if (this._waiting) {
      // Let the answer that is under way arrive: a slow server would never finish one otherwise.
      return true;
    }
    void (what === 'all' ? this.refresh() : this._refreshCounts());
    return false;
  }

  private async _refreshCounts(): Promise<void> {
    const signal = this._abort.signal;
    try {
      const folder = this._state.folder ?? '';
      const answer = await this._api.experiments(folder, signal);
      if (!signal.aborted) {
        this._takeStore(answer.store, answer.experiments);
      }
    } catch (error) {
      this._fail(error);
    }
  }

  private _take(
    reading: Reading,
    before: RunsState | null,
    more: Partial<RunsState>
  ): void {
    const { runs, offset, nextToken } = reading;
    const total = totalOf(reading, before);
    const children = childrenOf(runs, reading.children, this._state.children);
    this._setRuns(runs, { ...more, offset, nextToken, children, ...total });
  }

  private _setRuns(runs: readonly RunRow[], more: Partial<RunsState>): void {
    const { chosenMetric } = { ...this._state, ...more };
    this._set({ ...more, runs, ...this._metric.of(runs, chosenMetric) });
  }

  private _set(change: Partial<RunsState>): void {
    this._state = { ...this._state, ...change };
    this._changed.emit();
  }

  private readonly _counter: Counter;
  private readonly _live: Listening;
  private _isDisposed = false;
  private _isFilling = false;
  private _state = NOTHING;
  private readonly _metric = new ShownMetric();
  /** Rows told while a list is being read; null while none is. */
  private _waiting: (readonly RunRow[])[] | null = null;
  /** Rows told since the last part was asked for. */
  private _late: RunRow[] = [];
  private _shown: Span = { first: 0, last: 0 };
  private readonly _pace = new Pace(() => void this._fill());
  /** Runs of which was told while they were out of sight. */
  private _met = new Set<string>();
  private _abort = new AbortController();
  private readonly _refresher = new Refresher(what => this._readAgain(what));
  private _changed = new Signal<this, void>(this);
  private _storeChanged = new Signal<this, void>(this);
}
