const DELAY = 400;

/** What is to be read again: the counts of the experiments, or everything. */
export type Refresh = 'counts' | 'all';

/** Gathers wishes to read again: what only the server knows is not asked more often than needed. */
export class Refresher {
  /** `now` reads again; it returns whether it has to wait for an answer that is under way. */
  constructor(private readonly _now: (what: Refresh) => boolean) {}

  /** Read again before long. */
  soon(what: Refresh): void {
    this._needsAll ||= what === 'all';
    if (this._timer === 0) {
      this._timer = window.setTimeout(this._onTime, DELAY);
    }
  }

  /** Forget what was wished: it is being read. */
  clear(): void {
    window.clearTimeout(this._timer);
    this._timer = 0;
    this._needsAll = false;
  }

  private _onTime = (): void => {
    this._timer = 0;
    if (this._now(this._needsAll ? 'all' : 'counts')) {
      this.soon('counts');
    }
  };

  private _needsAll = false;
  private _timer = 0;
}
