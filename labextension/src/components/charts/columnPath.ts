/** Heights that differ by less than this, in pixels, look alike. */
const FLAT = 0.5;

/** What a path is laid on. */
export type Path = Pick<CanvasRenderingContext2D, 'moveTo' | 'lineTo'>;

/**
 * Lays a path along points in pixels. Of those that fall into one column of pixels only the least
 * and the greatest are drawn, in the order in which they come: the others would be painted over.
 */
export class ColumnPath {
  constructor(private readonly _path: Path) {}

  add(x: number, y: number): void {
    const column = Math.floor(x);
    if (column !== this._column) {
      this.finish();
      this._column = column;
      this._lowX = this._highX = x;
      this._low = this._high = y;
      this._endsHigh = false;
    } else if (y > this._high) {
      this._highX = x;
      this._high = y;
      this._endsHigh = true;
    } else if (y < this._low) {
      this._lowX = x;
      this._low = y;
      this._endsHigh = false;
    }
  }

  /** What comes next is not joined to what came before. */
  leaveGap(): void {
    this.finish();
    this._isOpen = false;
  }

  /** Draw what is left. */
  finish(): void {
    if (Number.isNaN(this._column)) {
      return;
    }
    this._column = NaN;
    if (this._high - this._low < FLAT) {
      this._go(this._highX, this._high);
    } else if (this._endsHigh) {
      this._go(this._lowX, this._low);
      this._go(this._highX, this._high);
    } else {
      this._go(this._highX, this._high);
      this._go(this._lowX, this._low);
    }
  }

  private _go(x: number, y: number): void {
    if (this._isOpen) {
      this._path.lineTo(x, y);
    } else {
      this._path.moveTo(x, y);
    }
    this._isOpen = true;
  }

  private _column = NaN;
  private _lowX = 0;
  private _low = 0;
  private _highX = 0;
  private _high = 0;
  private _endsHigh = false;
  private _isOpen = false;
}
