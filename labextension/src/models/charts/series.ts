import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import { isAbort } from '../../errors';
import type { RunRow, SeriesRequest, SeriesRow } from '../../wire';
import { toNumber } from '../../wire';

const LARGEST_REQUEST = 200;
const RETRY_DELAY = 5_000;

/** Points of one metric of one run as columns of equal length, in step order. */
export interface Series {
  readonly steps: readonly number[];
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
  /** The number of points logged, of which these may be a sample. */
  readonly total: number;
  readonly cursor: number;
}

/** A metric of a run, and how many points are known to have been logged. */
interface Wanted {
  runId: string;
  key: string;
  count: number;
}

/**
 * The points of metrics: what was read once is kept, and only what is new is asked for.
 *
 * Of a long series the server sends a sample that keeps its extremes. Points that arrive later are
 * appended; once they outnumber the sample, the series is sampled anew.
 */
export class SeriesModel {
  constructor(
    private readonly _api: Pick<IApi, 'history'>,
    private readonly _folder: string,
    private readonly _maxPoints: number
  ) {}

  /** Emitted when points arrived. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Return the points of a metric, where they were read. */
  get(runId: string, key: string): Series | undefined {
    return this._series.get(id(runId, key));
  }

  /** Read what these runs logged of these metrics and was not read yet. */
  want(runs: readonly RunRow[], keys: readonly string[]): void {
    for (const run of runs) {
      for (const key of keys) {
        const count = run.metrics[key]?.count ?? 0;
        const name = id(run.run_id, key);
        // What is under way already is not asked for twice.
        const expected = this._wanted.get(name)?.count ?? 0;
        if (count > expected && this._isBehind(run.run_id, key, count)) {
          this._wanted.set(name, { runId: run.run_id, key, count });
        }
      }
    }
    void this._read();
  }

  dispose(): void {
    this._abort.abort();
    this._wanted.clear();
    window.clearTimeout(this._retryTimer);
    Signal.clearData(this);
  }

  private _isBehind(runId: string, key: string, count: number): boolean {
    return (this._series.get(id(runId, key))?.total ?? 0) < count;
  }

  /** One request at a time: what is wanted meanwhile goes into the next. */
  private async _read(): Promise<void> {
    if (this._isReading || this._wanted.size === 0) {
      return;
    }
    this._isReading = true;
    try {
      while (this._wanted.size > 0 && !this._abort.signal.aborted) {
        await this._readSome();
      }
    } catch (error) {
      if (!isAbort(error)) {
        this._retryTimer = window.setTimeout(
          () => void this._read(),
          RETRY_DELAY
        );
      }
    } finally {
      this._isReading = false;
    }
  }

  private async _readSome(): Promise<void> {
    const batch = [...this._wanted].slice(0, LARGEST_REQUEST);
    const { series } = await this._api.history(
      {
        folder: this._folder,
        series: batch.map(([, wanted]) => this._requestOf(wanted)),
        max_points: this._maxPoints
      },
      this._abort.signal
    );
    for (const [name, wanted] of batch) {
      if (this._wanted.get(name) === wanted) {
        this._wanted.delete(name);
      }
    }
    series.forEach(row => this._take(row));
    this._changed.emit();
  }

  private _requestOf({ runId, key }: Wanted): SeriesRequest {
    const known = this._series.get(id(runId, key));
    const request = { run_id: runId, key };
    return known && known.steps.length < 2 * this._maxPoints
      ? { ...request, since: known.cursor }
      : request;
  }

  private _take(row: SeriesRow): void {
    const name = id(row.run_id, row.key);
    const known = this._series.get(name);
    const fresh: Series = { ...row, values: row.values.map(toNumber) };
    const appends = row.since !== 0 && known?.cursor === row.since;
    if (appends || row.since === 0) {
      this._series.set(name, appends ? append(known, fresh) : fresh);
    }
  }

  private _series = new Map<string, Series>();
  private _wanted = new Map<string, Wanted>();
  private _abort = new AbortController();
  private _isReading = false;
  private _retryTimer = 0;
  private _changed = new Signal<this, void>(this);
}

/** Return the points of both in step order; later points usually have later steps. */
function append(known: Series, fresh: Series): Series {
  const joined: Series = {
    steps: [...known.steps, ...fresh.steps],
    timestamps: [...known.timestamps, ...fresh.timestamps],
    values: [...known.values, ...fresh.values],
    total: fresh.total,
    cursor: fresh.cursor
  };
  const { steps, timestamps } = joined;
  if (steps.every((step, i) => i === 0 || steps[i - 1] <= step)) {
    return joined;
  }
  const order = steps
    .map((_, i) => i)
    .sort((a, b) => steps[a] - steps[b] || timestamps[a] - timestamps[b]);
  const pick = (column: readonly number[]) => order.map(i => column[i]);
  return {
    ...joined,
    steps: pick(steps),
    timestamps: pick(timestamps),
    values: pick(joined.values)
  };
}

function id(runId: string, key: string): string {
  return `${runId}\n${key}`;
}
