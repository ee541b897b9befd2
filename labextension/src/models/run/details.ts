import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import { isAbort } from '../../errors';
import type { SeriesRequest, SeriesRow } from '../../wire';
import { toNumber } from '../../wire';
import type { Series } from '../charts/series';

const LARGEST_REQUEST = 200;
/** Zooming goes through many ranges; only one that stays is worth a question, in ms. */
const DELAY = 120;
/** More is read than is shown, so that a little way to either side is there already. */
const MARGIN = 0.5;

/** A range of steps of a metric of a run, both included. */
export interface StepRange {
  readonly runId: string;
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** The finer points of a range. */
export interface Detail extends StepRange {
  /** Whether nothing was logged behind it when it was read. */
  readonly wasLast: boolean;
  readonly steps: readonly number[];
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
}

/** The points of the parts that are looked at more closely: the latest part of each curve. */
export class DetailModel {
  constructor(
    private readonly _api: Pick<IApi, 'history'>,
    private readonly _folder: string,
    private readonly _maxPoints: number
  ) {}

  /** Emitted when finer points arrived. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Return the finer points of a metric, of whatever range was read last. */
  get(runId: string, key: string): Detail | undefined {
    return this._details.get(id({ runId, key }));
  }

  /** Read these ranges, as far as what is known of them is too coarse. */
  want(ranges: readonly StepRange[]): void {
    for (const range of ranges) {
      if (this._isTooCoarse(range)) {
        this._wanted.set(id(range), range);
      } else {
        this._wanted.delete(id(range));
      }
    }
    window.clearTimeout(this._timer);
    if (this._wanted.size > 0) {
      this._timer = window.setTimeout(() => void this._read(), DELAY);
    }
  }

  dispose(): void {
    this._abort.abort();
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private _isTooCoarse({ runId, key, start, end }: StepRange): boolean {
    const known = this.get(runId, key);
    if (!known || start < known.start) {
      return true;
    }
    // What was logged since lies behind, and the curve itself has it.
    const allowed = known.wasLast ? (end - start) * MARGIN : 0;
    if (end > known.end + allowed) {
      return true;
    }
    const isWhole = known.steps.length < this._maxPoints / 2;
    const length = Math.max(1, end - start) * (1 + 2 * MARGIN);
    return !isWhole && known.end - known.start > 2 * length;
  }

  private async _read(): Promise<void> {
    const batch = [...this._wanted].slice(0, LARGEST_REQUEST);
    if (this._isReading || batch.length === 0) {
      return;
    }
    this._isReading = true;
    const ranges = batch.map(([, range]) => widened(range));
    try {
      const { series } = await this._api.history(
        {
          folder: this._folder,
          series: ranges.map(requestOf),
          max_points: this._maxPoints
        },
        this._abort.signal
      );
      series.forEach(row => this._take(row, ranges));
      this._changed.emit();
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      // The coarse points stay; the next zoom asks again.
    } finally {
      this._isReading = false;
    }
    for (const [name, range] of batch) {
      if (this._wanted.get(name) === range) {
        this._wanted.delete(name);
      }
    }
    void this._read();
  }

  private _take(row: SeriesRow, ranges: readonly StepRange[]): void {
    const name = id({ runId: row.run_id, key: row.key });
    const range = ranges.find(one => id(one) === name);
    if (range) {
      const { steps, timestamps } = row;
      const last = steps[steps.length - 1] ?? range.end;
      this._details.set(name, {
        ...range,
        end: Math.min(range.end, last),
        wasLast: last < range.end,
        steps,
        timestamps,
        values: row.values.map(toNumber)
      });
    }
  }

  private _details = new Map<string, Detail>();
  private _wanted = new Map<string, StepRange>();
  private _abort = new AbortController();
  private _isReading = false;
  private _timer = 0;
  private _changed = new Signal<this, void>(this);
}

/** Return a curve with the points of a range in the place of those that it has there. */
export function refined(series: Series, detail: Detail | undefined): Series {
  if (!detail || detail.steps.length === 0 || isComplete(series)) {
    return series;
  }
  const before = series.steps.findIndex(step => step >= detail.start);
  const from = before === -1 ? series.steps.length : before;
  const behind = series.steps.findIndex(step => step > detail.end);
  const to = behind === -1 ? series.steps.length : behind;
  const put = (whole: readonly number[], part: readonly number[]) => [
    ...whole.slice(0, from),
    ...part,
    ...whole.slice(to)
  ];
  return {
    ...series,
    steps: put(series.steps, detail.steps),
    timestamps: put(series.timestamps, detail.timestamps),
    values: put(series.values, detail.values)
  };
}

/** Whether no point of a series was left out. */
export function isComplete(series: Series): boolean {
  return series.steps.length >= series.total;
}

/** Return the steps of the points whose x lies in a span, and one more at either side. */
export function stepsWithin(
  steps: ArrayLike<number>,
  x: ArrayLike<number>,
  [low, high]: readonly [number, number]
): readonly [number, number] | null {
  let first = -1;
  let last = -1;
  for (let i = 0; i < x.length; i++) {
    if (x[i] >= low && x[i] <= high) {
      first = first === -1 ? i : first;
      last = i;
    } else if (x[i] < low && (x[i + 1] ?? -Infinity) > high) {
      // Both ends lie between two points that are neighbours in the sample.
      [first, last] = [i, i + 1];
    }
  }
  return first === -1
    ? null
    : [steps[Math.max(0, first - 1)], steps[Math.min(x.length - 1, last + 1)]];
}

function widened(range: StepRange): StepRange {
  const margin = Math.ceil((range.end - range.start) * MARGIN);
  const limit = Number.MAX_SAFE_INTEGER;
  return {
    ...range,
    start: Math.max(-limit, range.start - margin),
    end: Math.min(limit, range.end + margin)
  };
}

function requestOf({ runId, key, start, end }: StepRange): SeriesRequest {
  return { run_id: runId, key, start_step: start, end_step: end };
}

function id({ runId, key }: { runId: string; key: string }): string {
  return `${runId}\n${key}`;
}
