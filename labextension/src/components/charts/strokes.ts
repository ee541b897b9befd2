import type { Path } from './columnPath';

/** A stroke of this many pieces is drawn in about half the time that one of a thousand takes. */
const PIECES = 50;

/**
 * Strokes a long path part after part: without a graphics card the time that one stroke takes grows
 * faster than its length. Each part begins with the last piece of the one before, so that no joint
 * shows; that needs a stroke that is neither dashed nor lets anything through.
 */
export class Strokes implements Path {
  constructor(
    private readonly _context: Pick<
      CanvasRenderingContext2D,
      'beginPath' | 'lineTo' | 'moveTo' | 'stroke'
    >
  ) {
    _context.beginPath();
  }

  moveTo(x: number, y: number): void {
    this._context.moveTo(x, y);
    this._x = x;
    this._y = y;
  }

  lineTo(x: number, y: number): void {
    const { _context: context } = this;
    context.lineTo(x, y);
    this._pieces += 1;
    if (this._pieces === PIECES) {
      context.stroke();
      context.beginPath();
      context.moveTo(this._x, this._y);
      context.lineTo(x, y);
      this._pieces = 1;
    }
    this._x = x;
    this._y = y;
  }

  /** Stroke what is left. */
  finish(): void {
    this._context.stroke();
  }

  private _pieces = 0;
  private _x = 0;
  private _y = 0;
}
