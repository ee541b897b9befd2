import type { IApi } from '../../api';
import { countRuns } from './reading';
import type { RunsState } from './runsState';

/** Between two counts of a list that changes: what matches a filter is costly to count. */
const RECOUNT_DELAY = 3_000;

/** Asks how many runs a list has, after its first rows are there, and now and then again. */
export class Counter {
  constructor(
    private readonly _api: Pick<IApi, 'searchRuns'>,
    private readonly _state: () => RunsState,
    private readonly _tell: (total: number) => void
  ) {}

  /** Count another list at once. */
  begin(): void {
    this.stop();
    if (this._uncountable !== this._state().store?.uri) {
      void this._count();
    }
  }

  /** Count the list again soon. */
  again(): void {
    if (this._timer === 0 && this._uncountable !== this._state().store?.uri) {
      this._timer = window.setTimeout(() => void this._count(), RECOUNT_DELAY);
    }
  }

  /** Forget what was to be counted. */
  stop(): void {
    this._abort.abort();
    window.clearTimeout(this._timer);
    this._timer = 0;
  }

  private async _count(): Promise<void> {
    this._abort = new AbortController();
    const { signal } = this._abort;
    const asked = this._state();
    try {
      const total = await countRuns(this._api, asked, signal);
      if (signal.aborted) {
        return;
      }
      this._timer = 0;
      if (total === null) {
        this._uncountable = asked.store?.uri ?? null;
      } else {
        this._tell(total);
      }
    } catch {
      // The list is there without it; it is counted when it is read again.
      if (!signal.aborted) {
        this._timer = 0;
      }
    }
  }

  private _abort = new AbortController();
  private _timer = 0;
  private _uncountable: string | null = null;
}
