import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import { isAbort } from '../../errors';
import type { RunRow, SeriesRow } from '../../wire';
import { toNumber } from '../../wire';

const POINTS = 40;
const DELAY = 150;
const LARGEST_REQUEST = 100;
const REMEMBERED = 1_000;

/** A curve, and of how many points of the metric it was made. */
interface Curve {
  values: readonly number[];
  total: number;
}

/** The small curves of the rows on the screen; each is read again when its run has logged more. */
export class SparklineModel {
  constructor(private readonly _api: Pick<IApi, 'history'>) {}

  /** Emitted when curves arrived. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The curves read so far by run id. */
  get curves(): ReadonlyMap<string, readonly number[]> {
    return this._values;
  }

  /** Say which runs the list knows, and which metric it shows; null for no curves. */
  update(folder: string, metric: string | null, runs: readonly RunRow[]): void {
    if (folder !== this._folder || metric !== this._metric) {
      this._abort.abort();
      this._abort = new AbortController();
      this._curves.clear();
      this._values = new Map();
      this._folder = folder;
      this._metric = metric;
    }
    this._runs = new Map(runs.map(run => [run.run_id, run]));
    this._readSoon();
  }

  /** Say which rows are on the screen. */
  show(runIds: readonly string[]): void {
    this._shown = runIds;
    this._readSoon();
  }

  dispose(): void {
    this._abort.abort();
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private _readSoon(): void {
    if (this._timer === 0 && this._missing().length > 0) {
      this._timer = window.setTimeout(() => void this._read(), DELAY);
    }
  }

  /** Return the shown runs whose curve is not there or not up to date. */
  private _missing(): string[] {
    const { _metric: metric } = this;
    if (metric === null) {
      return [];
    }
    return this._shown.filter(runId => {
      const count = this._runs.get(runId)?.metrics[metric]?.count ?? 0;
      return count > 1 && (this._curves.get(runId)?.total ?? 0) < count;
    });
  }

  private async _read(): Promise<void> {
    const key = this._metric;
    const signal = this._abort.signal;
    const runIds = this._missing().slice(0, LARGEST_REQUEST);
    try {
      if (key !== null && runIds.length > 0) {
        const { series } = await this._api.history(
          {
            folder: this._folder,
            series: runIds.map(run_id => ({ run_id, key })),
            max_points: POINTS
          },
          signal
        );
        this._take(runIds, key, series);
      }
      this._timer = 0;
      this._readSoon();
    } catch (error) {
      // The curves are an extra: the next change of the list asks again.
      this._timer = 0;
      if (isAbort(error)) {
        this._readSoon();
      }
    }
  }

  private _take(runIds: string[], key: string, series: SeriesRow[]): void {
    const rows = new Map(series.map(row => [row.run_id, row]));
    for (const runId of runIds) {
      const row = rows.get(runId);
      // What was asked for once is not asked for again until the run has logged more.
      const asked = this._runs.get(runId)?.metrics[key]?.count ?? 0;
      this._curves.delete(runId);
      this._curves.set(runId, {
        values: row?.values.map(toNumber) ?? [],
        total: Math.max(asked, row?.total ?? 0)
      });
    }
    this._publish();
  }

  private _publish(): void {
    for (const runId of this._curves.keys()) {
      if (this._curves.size <= REMEMBERED) {
        break;
      }
      this._curves.delete(runId);
    }
    this._values = new Map(
      [...this._curves].map(([runId, curve]) => [runId, curve.values])
    );
    this._changed.emit();
  }

  private _folder = '';
  private _metric: string | null = null;
  private _runs: ReadonlyMap<string, RunRow> = new Map();
  private _shown: readonly string[] = [];
  private _curves = new Map<string, Curve>();
  private _values: ReadonlyMap<string, readonly number[]> = new Map();
  private _abort = new AbortController();
  private _timer = 0;
  private _changed = new Signal<this, void>(this);
}
