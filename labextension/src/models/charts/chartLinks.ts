import { ISignal, Signal } from '@lumino/signaling';

/** Two numbers, the lesser first. */
export type Span = readonly [number, number];

/** What part of a chart is shown; what is null is shown whole. */
export interface Zoom {
  readonly x: Span | null;
  readonly y: Span | null;
}

/** The x that the pointer is at, and in which chart. */
export interface Crosshair {
  readonly chart: string;
  readonly x: number;
}

const WHOLE: Zoom = { x: null, y: null };

/** What the charts of a view share: where the pointer is, and what part of x they show. */
export class ChartLinks {
  /** Emitted when a chart shows another part. */
  get zoomed(): ISignal<this, void> {
    return this._zoomed;
  }

  /** Emitted when the crosshair moved, came or went. */
  get pointed(): ISignal<this, void> {
    return this._pointed;
  }

  /** Whether all charts show the same part of x. */
  get together(): boolean {
    return this._together;
  }

  set together(together: boolean) {
    if (together !== this._together) {
      this._together = together;
      this.reset();
    }
  }

  get crosshair(): Crosshair | null {
    return this._crosshair;
  }

  setCrosshair(crosshair: Crosshair | null): void {
    const before = this._crosshair;
    if (before?.chart !== crosshair?.chart || before?.x !== crosshair?.x) {
      this._crosshair = crosshair;
      this._pointed.emit();
    }
  }

  /** Return what part a chart shows. */
  zoomOf(chart: string): Zoom {
    const own = this._zooms.get(chart) ?? WHOLE;
    return this._together ? { x: this._x, y: own.y } : own;
  }

  /** Show another part in a chart; x in all of them where they go together. */
  zoom(chart: string, change: Partial<Zoom>): void {
    const zoom = { ...this.zoomOf(chart), ...change };
    if (this._together) {
      this._x = zoom.x;
    }
    this._zooms.set(chart, zoom);
    this._zoomed.emit();
  }

  /** Show a chart whole, or all of them. */
  reset(chart?: string): void {
    if (chart === undefined) {
      this._zooms.clear();
      this._x = null;
      this._zoomed.emit();
    } else {
      this.zoom(chart, WHOLE);
    }
  }

  private _together = true;
  private _x: Span | null = null;
  private _zooms = new Map<string, Zoom>();
  private _crosshair: Crosshair | null = null;
  private _zoomed = new Signal<this, void>(this);
  private _pointed = new Signal<this, void>(this);
}
