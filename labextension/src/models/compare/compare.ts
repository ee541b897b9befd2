import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import { ApiError, asApiError, isAbort } from '../../errors';
import type {
  CompareAnswer,
  ComparePart,
  ImportanceAnswer,
  RunRow
} from '../../wire';
import { ArtifactsModel } from '../files/artifacts';
import type { Arrangement, Pair } from '../pair/arrangement';
import { pairAmong, partsOf } from '../pair/arrangement';
import { findRuns } from '../runs/findRuns';
import { HiddenModel } from '../runs/hidden';
import type { Live, LiveChange, LiveChannels, LiveState } from '../runs/live';
import { DetailModel } from '../run/details';
import { SeriesModel } from '../charts/series';
import { movedTo } from './tableLayout';

const RELOAD_DELAY = 400;

/** What a view of some runs shows. Every change makes a new object. */
export interface CompareState {
  /** The runs in the order asked for, as far as they were found. */
  readonly runs: readonly RunRow[];
  /** Ids of runs that the store does not have. */
  readonly missing: readonly string[];
  /** The names of the experiments by id. */
  readonly experiments: ReadonlyMap<string, string>;
  /** The run that the others are held against, the first of them; null where there is none. */
  readonly baseline: string | null;
  /** Runs whose curves are not drawn. */
  readonly hidden: ReadonlySet<string>;
  /** Runs whose columns stay beside the names. */
  readonly pinned: ReadonlySet<string>;
  /** The two runs whose code and outputs are held side by side; null for the first two. */
  readonly pair: Pair | null;
  /** Where the runs are kept. */
  readonly storeUri: string;
  readonly isLoading: boolean;
  readonly error: ApiError | null;
  readonly live: LiveState;
}

/** Some runs of one store, followed live, and the points of their metrics. */
export class CompareModel implements IDisposable {
  constructor(options: CompareModel.IOptions) {
    this.folder = options.folder;
    this.series = new SeriesModel(
      options.api,
      options.folder,
      options.maxPoints
    );
    this.details = new DetailModel(
      options.api,
      options.folder,
      options.maxPoints
    );
    this._api = options.api;
    this._runIds = [...new Set(options.runIds)];
    const { hidden, ...parts } = partsOf(options.arrangement);
    this._hidden = options.hidden ?? new HiddenModel();
    this._hidden.setAll(hidden, true);
    this._hidden.changed.connect(this._onHidden, this);
    this._state = { ...this._state, ...parts, hidden: this._hidden.runIds };
    this._live = options.channels.of(options.folder);
    this._live.changed.connect(this._onLive, this);
    this._live.stateChanged.connect(this._onLiveState, this);
  }

  readonly folder: string;
  readonly series: SeriesModel;
  /** The finer points of what charts are zoomed to. */
  readonly details: DetailModel;

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get state(): CompareState {
    return this._state;
  }

  /** Emitted when `state` is another one. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when other runs are shown. */
  get runIdsChanged(): ISignal<this, void> {
    return this._runIdsChanged;
  }

  /** Emitted when other runs are shown, or another part is given to one of them. */
  get arranged(): ISignal<this, void> {
    return this._arranged;
  }

  get runIds(): readonly string[] {
    return this._runIds;
  }

  /** What to keep of it. */
  get arrangement(): Arrangement {
    const { baseline, hidden, pinned, pair } = this._state;
    return {
      runIds: this._runIds,
      baseline,
      hidden: this._runIds.filter(id => hidden.has(id)),
      pinned: [...pinned],
      pair
    };
  }

  /** The two runs whose code and outputs are held side by side; null where there is one run. */
  get pair(): Pair | null {
    const { pair, runs, baseline } = this._state;
    return pairAmong(runs, pair, baseline);
  }

  /** Listen to changes while somebody looks, and only then. */
  setActive(active: boolean): void {
    if (active === (this._hold !== null)) {
      return;
    }
    this._hold?.dispose();
    this._hold = active ? this._live.hold() : null;
  }

  /** Read the runs. */
  async load(): Promise<void> {
    this._abort.abort();
    this._abort = new AbortController();
    const signal = this._abort.signal;
    this._waiting = [];
    try {
      const answer = await this._api.experiments(this.folder, signal);
      this._live.seen(answer.store.revision);
      const rows = await findRuns(this._api, this.folder, this._runIds, signal);
      const experiments = new Map(
        answer.experiments.map(e => [e.experiment_id, e.name])
      );
      this._waiting.flat().forEach(row => rows.set(row.run_id, row));
      this._waiting = null;
      this._takeRows(rows, {
        experiments,
        storeUri: answer.store.uri,
        isLoading: false,
        error: null
      });
    } catch (error) {
      if (!isAbort(error) && !this._isDisposed) {
        this._waiting = null;
        this._set({ isLoading: false, error: asApiError(error) });
      }
    }
  }

  /** Show one run less. */
  remove(runId: string): void {
    this._runIds = this._runIds.filter(id => id !== runId);
    const { baseline } = this._state;
    this._set({
      baseline: baseline === runId ? null : baseline,
      runs: this._state.runs.filter(run => run.run_id !== runId),
      missing: this._state.missing.filter(id => id !== runId)
    });
    this._runIdsChanged.emit();
    this._arranged.emit();
  }

  /** Hold the other runs against one, which comes first; null for none. */
  setBaseline(runId: string | null): void {
    this._set({ baseline: runId });
    this._arrange();
    this._runIdsChanged.emit();
  }

  /** Show a run at another place among the others. */
  move(runId: string, place: number): void {
    this._runIds = movedTo(this._runIds, runId, place);
    this._arrange();
  }

  /** Keep a run's column beside the names, or let it pass by. */
  setPinned(runId: string, isPinned: boolean): void {
    const pinned = new Set(this._state.pinned);
    if (isPinned) {
      pinned.add(runId);
    } else {
      pinned.delete(runId);
    }
    this._set({ pinned });
    this._arrange();
  }

  /** Hold the code and outputs of these two side by side. */
  setPair(pair: Pair): void {
    this._set({ pair });
    this._arranged.emit();
  }

  /** Ask how some of the runs differ. */
  compare(
    runIds: readonly string[],
    parts: ComparePart[],
    signal: AbortSignal
  ): Promise<CompareAnswer> {
    const request = { folder: this.folder, run_ids: [...runIds], parts };
    return this._api.compareRuns(request, signal);
  }

  /** Ask how much params matter for a metric, as a forest tells. */
  importance(
    runIds: readonly string[],
    metric: string,
    signal: AbortSignal
  ): Promise<ImportanceAnswer> {
    const request = { folder: this.folder, run_ids: [...runIds], metric };
    return this._api.importance(request, signal);
  }

  /** Return the files of a run; whoever asked disposes of them. */
  artifactsOf(runId: string): ArtifactsModel {
    return new ArtifactsModel(this._api, this.folder, runId);
  }

  /** Draw a run's curves, or do not. */
  setHidden(runIds: readonly string[], isHidden: boolean): void {
    this._hidden.setAll(runIds, isHidden);
  }

  /** Draw the curves of these runs and of no others. */
  showOnly(runIds: readonly string[]): void {
    this._hidden.showOnly(runIds, this._runIds);
  }

  /** Say that a metric's points are drawn, until the answer is disposed: only those are read. */
  hold(key: string): IDisposable {
    this._held.set(key, (this._held.get(key) ?? 0) + 1);
    this._wantSeries();
    return new DisposableDelegate(() => {
      const left = (this._held.get(key) ?? 0) - 1;
      if (left > 0) {
        this._held.set(key, left);
      } else {
        this._held.delete(key);
      }
    });
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.setActive(false);
    this._abort.abort();
    window.clearTimeout(this._reloadTimer);
    this._hidden.changed.disconnect(this._onHidden, this);
    this._live.changed.disconnect(this._onLive, this);
    this._live.stateChanged.disconnect(this._onLiveState, this);
    this.series.dispose();
    this.details.dispose();
    Signal.clearData(this);
  }

  private _takeRows(
    rows: ReadonlyMap<string, RunRow>,
    more: Partial<CompareState> = {}
  ): void {
    const found = this._runIds.map(id => rows.get(id));
    this._set({
      ...more,
      runs: found.filter(row => row !== undefined),
      missing: this._runIds.filter((_, i) => found[i] === undefined)
    });
    this._wantSeries();
  }

  private _onHidden(): void {
    this._set({ hidden: this._hidden.runIds });
    this._wantSeries();
    this._arranged.emit();
  }

  /** Baseline and pinned runs come first, each in its order. */
  private _arrange(): void {
    const { baseline, pinned } = this._state;
    const rank = (id: string) => (id === baseline ? 0 : pinned.has(id) ? 1 : 2);
    this._runIds = [...this._runIds].sort((a, b) => rank(a) - rank(b));
    this._takeRows(this._rowsById());
    this._arranged.emit();
  }

  private _rowsById(): Map<string, RunRow> {
    return new Map(this._state.runs.map(row => [row.run_id, row]));
  }

  private _onLive(_: Live, change: LiveChange): void {
    if (change.runs === null) {
      this._reloadSoon();
      return;
    }
    const mine = change.runs.filter(row => this._runIds.includes(row.run_id));
    if (mine.length === 0) {
      return;
    }
    if (this._waiting) {
      this._waiting.push(mine);
      return;
    }
    const rows = this._rowsById();
    mine.forEach(row => rows.set(row.run_id, row));
    this._takeRows(rows);
  }

  private _onLiveState(_: Live, live: LiveState): void {
    this._set({ live });
  }

  private _reloadSoon(): void {
    if (this._reloadTimer === 0) {
      this._reloadTimer = window.setTimeout(() => {
        this._reloadTimer = 0;
        void this.load();
      }, RELOAD_DELAY);
    }
  }

  private _wantSeries(): void {
    const { runs, hidden } = this._state;
    const drawn = runs.filter(run => !hidden.has(run.run_id));
    this.series.want(drawn, [...this._held.keys()]);
  }

  private _set(change: Partial<CompareState>): void {
    this._state = { ...this._state, ...change };
    this._changed.emit();
  }

  private readonly _api: IApi;
  private readonly _live: Live;
  private readonly _hidden: HiddenModel;
  private _runIds: readonly string[];
  private _state: CompareState = {
    runs: [],
    missing: [],
    experiments: new Map(),
    baseline: null,
    hidden: new Set(),
    pinned: new Set(),
    pair: null,
    storeUri: '',
    isLoading: true,
    error: null,
    live: 'paused'
  };
  /** How many charts draw a metric. */
  private _held = new Map<string, number>();
  private _isDisposed = false;
  /** Rows told while the runs are being read; null while they are not. */
  private _waiting: RunRow[][] | null = null;
  private _abort = new AbortController();
  private _reloadTimer = 0;
  private _hold: IDisposable | null = null;
  private _changed = new Signal<this, void>(this);
  private _runIdsChanged = new Signal<this, void>(this);
  private _arranged = new Signal<this, void>(this);
}

export namespace CompareModel {
  /** What a CompareModel needs. */
  export interface IOptions {
    api: IApi;
    channels: Pick<LiveChannels, 'of'>;
    folder: string;
    runIds: readonly string[];
    /** The runs that charts leave out; where absent the view has its own. */
    hidden?: HiddenModel;
    /** What part the runs play, as it was kept. */
    arrangement?: unknown;
    /** Points of a curve before it is sampled. */
    maxPoints: number;
  }
}
