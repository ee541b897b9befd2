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

/** Names what all charts show among what single ones do. */
const ALL = '';

/** What the charts of a view share: where the pointer is, and what part of x they show. */
export class ChartLinks {
  constructor(together = true) {
    this._together = together;
  }

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

  /** What part each chart shows, without those that are shown whole. */
  get zooms(): Readonly<Record<string, Zoom>> {
    const all: [string, Zoom][] = this._together
      ? [[ALL, { x: this._x, y: null }]]
      : [];
    const own = [...this._zooms].map(([chart, { x, y }]): [string, Zoom] => {
      return [chart, { x: this._together ? null : x, y }];
    });
    return Object.fromEntries(
      [...all, ...own].filter(([, { x, y }]) => x !== null || y !== null)
    );
  }

  set zooms(zooms: Readonly<Record<string, Zoom>>) {
    const { [ALL]: all = WHOLE, ...own } = zooms;
    this._x = all.x;
    this._zooms = new Map(Object.entries(own));
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

  private _together: boolean;
  private _x: Span | null = null;
  private _zooms = new Map<string, Zoom>();
  private _crosshair: Crosshair | null = null;
  private _zoomed = new Signal<this, void>(this);
  private _pointed = new Signal<this, void>(this);
}
