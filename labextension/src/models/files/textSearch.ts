import { ISignal, Signal } from '@lumino/signaling';

import { ApiError, asApiError, isAbort } from '../../errors';
import type { FindAnswer } from '../../wire';

/** What was looked for, and found so far. */
export interface SearchState {
  readonly text: string;
  /** Where the text stands, as bytes. */
  readonly found: readonly number[];
  /** Which of them one is at; -1 where at none. */
  readonly index: number;
  /** The byte that one is at; null where at none. */
  readonly current: number | null;
  /** Whether the file was searched to its end. */
  readonly isComplete: boolean;
  readonly isLoading: boolean;
  readonly error: ApiError | null;
}

const NONE: SearchState = {
  text: '',
  found: [],
  index: -1,
  current: null,
  isComplete: true,
  isLoading: false,
  error: null
};
/** Matches after which one has to say more precisely what one looks for. */
const MOST = 20_000;

type Find = (
  text: string,
  offset: number,
  signal: AbortSignal
) => Promise<FindAnswer>;

/** Looks for a text in a file, on the server, bit by bit. */
export class TextSearch {
  constructor(private readonly _find: Find) {}

  get state(): SearchState {
    return this._state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Look for another text; '' for none. */
  async look(text: string): Promise<void> {
    this._abort.abort();
    this._abort = new AbortController();
    const { signal } = this._abort;
    if (text === '') {
      this._set(NONE);
      return;
    }
    this._set({ ...NONE, text, isLoading: true, isComplete: false });
    try {
      let next: number | null = 0;
      while (next !== null && this._state.found.length < MOST) {
        const answer: FindAnswer = await this._find(text, next, signal);
        if (signal.aborted) {
          return;
        }
        const offsets = answer.found.map(({ offset }) => offset);
        this._set({ found: [...this._state.found, ...offsets] });
        if (this._state.index < 0 && offsets.length > 0) {
          this.go(0);
        }
        next = answer.next;
      }
      this._set({ isComplete: next === null, isLoading: false });
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) {
        this._set({ isLoading: false, error: asApiError(error) });
      }
    }
  }

  /** Go some matches on, or back; behind the last comes the first. */
  step(by: number): void {
    const { found, index } = this._state;
    if (found.length > 0) {
      this.go((index + by + found.length) % found.length);
    }
  }

  /** Go to a match. */
  go(index: number): void {
    this._set({ index, current: this._state.found[index] ?? null });
  }

  dispose(): void {
    this._abort.abort();
    Signal.clearData(this);
  }

  private _set(change: Partial<SearchState>): void {
    this._state = { ...this._state, ...change };
    this._changed.emit();
  }

  private _state = NONE;
  private _abort = new AbortController();
  private _changed = new Signal<this, void>(this);
}
