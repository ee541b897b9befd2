import { PAGE } from './listWindow';

/** Movements that follow each other sooner than this are one, in ms. */
const REST = 60;

/** Tells whether a list is pulled along so fast that rows would be gone before they were read. */
export class Pace {
  /** `rest` is called when a list that was racing has come to rest. */
  constructor(private readonly _rest: () => void) {}

  /** Whether rows that are read now come too late. */
  get isRacing(): boolean {
    return this._timer !== 0;
  }

  /** Take note of the first place on the screen. */
  moved(first: number): void {
    const isFar = Math.abs(first - this._first) > PAGE;
    this._first = first;
    if (!isFar) {
      return;
    }
    const now = performance.now();
    // One leap is not a race: its rows are read at once.
    if (now - this._time < REST) {
      window.clearTimeout(this._timer);
      this._timer = window.setTimeout(() => {
        this._timer = 0;
        this._rest();
      }, REST);
    }
    this._time = now;
  }

  private _first = 0;
  private _time = -Infinity;
  private _timer = 0;
}
