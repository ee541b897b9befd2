import { ISignal, Signal } from '@lumino/signaling';

import { ApiError, asApiError, isAbort } from '../../errors';
import type { FilePart } from '../../api/files';
import type { Line } from './lines';
import {
  afterFirstNewline,
  afterLastNewline,
  splitLines,
  wholeCharacters
} from './lines';

/** Bytes that are read at a time. */
export const CHUNK = 256 * 1024;
/** Bytes that are kept; what lies farther away is read again when it is looked at. */
export const KEPT = 4 * 1024 * 1024;

type Read = (
  start: number,
  end: number,
  signal: AbortSignal
) => Promise<FilePart>;

/** What is seen of a file. Every change makes a new object. */
export interface TextState {
  readonly lines: readonly Line[];
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** Bytes of the whole file, as far as it was heard of. */
  readonly size: number;
  readonly isLoading: boolean;
  readonly error: ApiError | null;
}

/** Some lines of a text file of any size, read where somebody looks and never as a whole. */
export class TextWindow {
  constructor(private readonly _read: Read) {}

  get state(): TextState {
    return this._state;
  }

  /** Emitted when `state` is another one. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Read the first lines. */
  openStart(): Promise<void> {
    return this._do(async signal => {
      const part = await this._read(0, CHUNK, signal);
      this._take(this._below(part, 1), part.size ?? 0, []);
    });
  }

  /** Read the last lines. */
  openEnd(): Promise<void> {
    return this._do(async signal => {
      // A byte tells the size, the end itself is asked for by its place.
      const { size } = await this._read(0, 1, signal);
      await this._openAround(Math.max(0, (size ?? 0) - CHUNK), signal);
    });
  }

  /** Read the lines around a byte. */
  openAt(offset: number): Promise<void> {
    const { lines } = this._state;
    const isThere =
      lines.length > 0 &&
      lines[0].start <= offset &&
      offset < lines[lines.length - 1].end;
    return isThere
      ? Promise.resolve()
      : this._do(signal =>
          this._openAround(Math.max(0, offset - CHUNK / 2), signal)
        );
  }

  /** Read lines before the first. */
  moreAbove(): Promise<void> {
    const [first] = this._state.lines;
    if (!first || this._state.atStart || this._state.isLoading) {
      return Promise.resolve();
    }
    return this._do(async signal => {
      const begin = Math.max(0, first.start - CHUNK);
      const part = await this._read(begin, first.start, signal);
      const cut = begin === 0 ? 0 : afterFirstNewline(part.bytes);
      const bytes = part.bytes.subarray(cut === part.bytes.length ? 0 : cut);
      const start = part.start + part.bytes.length - bytes.length;
      const lines = splitLines(bytes, start, start === 0 ? 1 : null);
      this._take([...lines, ...this._state.lines], part.size, [], 'bottom');
    });
  }

  /** Read lines after the last; also those that were written since. */
  moreBelow(): Promise<void> {
    const { lines, isLoading } = this._state;
    if (isLoading) {
      return Promise.resolve();
    }
    const end = this._committed();
    if (end === 0) {
      return this.openStart();
    }
    return this._do(async signal => {
      // The byte before tells whether this is still the file that was read.
      const part = await this._read(end - 1, end + CHUNK, signal);
      if (part.size === null) {
        await this._openAround(0, signal);
        return;
      }
      const kept = lines.filter(line => line.end <= end);
      const last = kept[kept.length - 1];
      const number = last ? this._numberAfter(kept) : null;
      const fresh = { ...part, bytes: part.bytes.subarray(1), start: end };
      this._take(this._below(fresh, number), part.size, kept, 'top');
    });
  }

  dispose(): void {
    this._abort.abort();
    Signal.clearData(this);
  }

  private async _openAround(begin: number, signal: AbortSignal) {
    const part = await this._read(begin, begin + CHUNK, signal);
    const cut = begin === 0 ? 0 : afterFirstNewline(part.bytes);
    const bytes = part.bytes.subarray(cut);
    const fresh = { ...part, bytes, start: part.start + cut };
    this._take(this._below(fresh, begin === 0 ? 1 : null), part.size, []);
  }

  /** Return the lines of a part; what may be half a line at its end is read again later. */
  private _below(part: FilePart, number: number | null): Line[] {
    const { bytes, start, size } = part;
    const isEnd = start + bytes.length >= (size ?? 0);
    const whole = afterLastNewline(bytes);
    const until = isEnd
      ? bytes.length
      : whole || wholeCharacters(bytes, bytes.length);
    this._open = isEnd && whole < bytes.length ? start + whole : null;
    return splitLines(bytes.subarray(0, until), start, number);
  }

  /** Return the byte after the last line that is known to be whole. */
  private _committed(): number {
    const { lines } = this._state;
    return this._open ?? lines[lines.length - 1]?.end ?? 0;
  }

  private _numberAfter(lines: readonly Line[]): number | null {
    for (let i = lines.length - 1; i >= 0; i--) {
      const { number } = lines[i];
      if (number !== null) {
        return number + 1;
      }
      if (lines.length - i > 10_000) {
        break;
      }
    }
    return null;
  }

  private _take(
    more: Line[],
    told: number | null,
    before: readonly Line[],
    drop: 'top' | 'bottom' = 'bottom'
  ): void {
    const lines = bounded([...before, ...more], drop);
    const size = told ?? this._state.size;
    const last = lines[lines.length - 1];
    if (drop === 'bottom' && last && last.end < (this._open ?? 0)) {
      this._open = null;
    }
    this._set({
      lines,
      size,
      atStart: lines.length === 0 || lines[0].start === 0,
      atEnd: (last?.end ?? 0) >= size,
      error: null
    });
  }

  private async _do(work: (signal: AbortSignal) => Promise<void>) {
    this._abort.abort();
    const abort = new AbortController();
    this._abort = abort;
    this._set({ isLoading: true });
    try {
      await work(abort.signal);
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      this._set({ error: asApiError(error) });
    } finally {
      if (this._abort === abort) {
        this._set({ isLoading: false });
      }
    }
  }

  private _set(change: Partial<TextState>): void {
    this._state = { ...this._state, ...change };
    this._changed.emit();
  }

  private _state: TextState = {
    lines: [],
    atStart: true,
    atEnd: false,
    size: 0,
    isLoading: true,
    error: null
  };
  /** Where a line begins that had no end when it was read; null where there is none. */
  private _open: number | null = null;
  private _abort = new AbortController();
  private _changed = new Signal<this, void>(this);
}

/** Drop lines on one side until those left are few enough. */
function bounded(lines: Line[], drop: 'top' | 'bottom'): Line[] {
  const bytes = (from: number, to: number) =>
    to < from ? 0 : lines[to].end - lines[from].start;
  let from = 0;
  let to = lines.length - 1;
  while (bytes(from, to) > KEPT) {
    if (drop === 'top') {
      from += 1;
    } else {
      to -= 1;
    }
  }
  return lines.slice(from, to + 1);
}
