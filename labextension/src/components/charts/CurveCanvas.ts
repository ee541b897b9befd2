import type { IDisposable } from '@lumino/disposable';

import type { ChartLinks, Span } from '../../models/charts/chartLinks';
import type { CurveView } from '../../models/charts/curveView';
import type { Axes, Hit } from './curveChart';
import { axesOf, hitsAt, nearestHit } from './curveChart';
import type { Size } from './frame';
import { drawSoon, forget } from './frames';
import type { Gestures, Place } from './gestures';
import { listen } from './gestures';
import type { Line } from './lines';
import { MARGINS, paint, paintDot } from './paint';
import type { Scale } from './scale';
import type { ChartTheme } from './theme';

/** A rectangle this thin is meant to choose along the other axis only. */
const THIN = 14;

/** What is drawn. */
export interface Drawing {
  lines: readonly Line[];
  view: CurveView;
  xName: string;
  emphasis: string | null;
  theme: ChartTheme;
}

/** What the pointer is at. */
export interface Pointed {
  readonly hits: readonly Hit[];
  readonly nearest: Hit;
  /** Where that is on the page. */
  readonly place: Place;
  readonly axes: Axes;
}

/** What a canvas tells. */
export interface CanvasEvents {
  onDrawn: (axes: Axes) => void;
  onPointed: (pointed: Pointed | null) => void;
}

/** Curves on two canvases: below what is drawn, above what follows the pointer. */
export class CurveCanvas implements IDisposable, Gestures {
  constructor(
    private readonly _node: HTMLElement,
    private readonly _chart: string,
    private readonly _links: ChartLinks,
    private readonly _events: CanvasEvents
  ) {
    this._curves = this._addCanvas();
    this._pointer = this._addCanvas();
    this._pointer.tabIndex = 0;
    this._stop = listen(this._pointer, this);
    _links.zoomed.connect(this._redraw, this);
    _links.pointed.connect(this._repoint, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** What receives the keyboard, and needs a name for those who cannot see it. */
  get canvas(): HTMLCanvasElement {
    return this._pointer;
  }

  /** Return the axes as they were drawn last. */
  get axes(): Axes | null {
    return this._axes;
  }

  /** Draw what this returns; it is called once, when there is time to draw. */
  show(build: () => Drawing): void {
    this._build = build;
    this._redraw();
  }

  resize(size: Size): void {
    this._size = size;
    this._isEmpty = false;
    this._redraw();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._stop();
    this._links.zoomed.disconnect(this._redraw, this);
    this._links.pointed.disconnect(this._repoint, this);
    forget(this._draw);
    forget(this._drawPointer);
    if (this._links.crosshair?.chart === this._chart) {
      this._links.setCrosshair(null);
    }
    this._curves.remove();
    this._pointer.remove();
  }

  // -- gestures -----------------------------------------------------------------------------

  point(place: Place | null): void {
    this._place = place;
    const nearest = place && this._nearestTo(place);
    if (nearest) {
      const x = nearest.line.x[nearest.index];
      this._links.setCrosshair({ chart: this._chart, x });
    } else if (this._links.crosshair?.chart === this._chart) {
      this._links.setCrosshair(null);
    }
    // The same point may be nearest to another height.
    this._repoint();
  }

  mark(from: Place, to: Place | null): void {
    this._marked = to && [from, to];
    this._repoint();
  }

  choose(from: Place, to: Place): void {
    if (!this._axes) {
      return;
    }
    const { x, y } = this._axes;
    const isWide = Math.abs(from.x - to.x) > THIN;
    const isHigh = Math.abs(from.y - to.y) > THIN;
    this._links.zoom(this._chart, {
      ...(isWide && { x: spanBetween(x, from.x, to.x) }),
      ...(isHigh && { y: spanBetween(y, from.y, to.y) })
    });
  }

  pan(byX: number, byY: number): void {
    if (this._axes) {
      const { x, y } = this._axes;
      this._links.zoom(this._chart, {
        x: moved(x, byX),
        y: this._links.zoomOf(this._chart).y && moved(y, byY)
      });
    }
  }

  scale(factor: number, around: Place): void {
    if (!this._axes) {
      return;
    }
    const isY = around.x < MARGINS.left;
    const scale = isY ? this._axes.y : this._axes.x;
    const at = isY ? around.y : around.x;
    const ends = scale.pixels.map(pixel => at + (pixel - at) / factor);
    const span = spanBetween(scale, ends[0], ends[1]);
    this._links.zoom(this._chart, isY ? { y: span } : { x: span });
  }

  reset(): void {
    this._links.reset(this._chart);
  }

  walk(points: number): void {
    const { _axes: axes, _drawing: drawing } = this;
    const at = this._links.crosshair?.x ?? axes?.x.span[0];
    const known =
      axes && at !== undefined && hitsAt(drawing!.lines, at, axes.x);
    const hit =
      known && (nearestHit(known, this._place?.y ?? 0, axes.y) ?? null);
    if (!hit) {
      return;
    }
    const last = hit.line.x.length - 1;
    const index = Math.min(Math.max(hit.index + points, 0), last);
    this._place = {
      x: axes.x.toPixel(hit.line.x[index]),
      y: axes.y.toPixel(hit.line.y[index])
    };
    this._links.setCrosshair({ chart: this._chart, x: hit.line.x[index] });
  }

  // -- drawing ------------------------------------------------------------------------------

  private _redraw(): void {
    drawSoon(this._draw);
  }

  private _repoint(): void {
    drawSoon(this._drawPointer);
  }

  private _draw = (): void => {
    const { _size: size, _build: build } = this;
    if (size.width === 0 || (!build && !this._drawing)) {
      return;
    }
    this._drawing = build ? build() : this._drawing!;
    this._build = null;
    const { lines, view, xName, emphasis, theme } = this._drawing;
    const zoom = this._links.zoomOf(this._chart);
    this._axes = axesOf(lines, view, zoom, size);
    const { x, y } = this._axes;
    const context = contextOf(this._curves, size);
    paint(context, { lines, x, y, xName, emphasis, theme, size });
    // What a canvas shows can be read in no other way, by tests and by other extensions.
    this._node.dataset.lines = String(lines.length);
    this._node.dataset.x = x.span.join(' ');
    this._node.dataset.y = y.span.join(' ');
    this._events.onDrawn(this._axes);
    this._drawPointer();
  };

  private _drawPointer = (): void => {
    const { _axes: axes, _drawing: drawing, _size: size } = this;
    if (!axes || !drawing) {
      return;
    }
    const { crosshair } = this._links;
    const isInside =
      crosshair !== null &&
      crosshair.x >= axes.x.span[0] &&
      crosshair.x <= axes.x.span[1];
    const hits = isInside ? hitsAt(drawing.lines, crosshair.x, axes.x) : [];
    const isEmpty = !isInside && !this._marked;
    // What is empty and stays so costs nothing while points arrive.
    if (!isEmpty || !this._isEmpty) {
      const context = contextOf(this._pointer, size);
      context.clearRect(0, 0, size.width, size.height);
      this._drawMarked(context, drawing.theme);
      if (isInside) {
        this._drawCrosshair(context, axes.x.toPixel(crosshair.x), hits);
      }
    }
    this._isEmpty = isEmpty;
    if (crosshair === null || crosshair.chart === this._chart) {
      this._tell(hits);
    }
  };

  private _drawCrosshair(
    context: CanvasRenderingContext2D,
    at: number,
    hits: readonly Hit[]
  ): void {
    const { x, y } = this._axes!;
    context.strokeStyle = this._drawing!.theme.faint;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(Math.round(at) + 0.5, y.pixels[1]);
    context.lineTo(Math.round(at) + 0.5, y.pixels[0]);
    context.stroke();
    for (const { line, index } of hits) {
      const height = y.toPixel(line.y[index]);
      if (height >= y.pixels[1] - 1 && height <= y.pixels[0] + 1) {
        context.fillStyle = line.color;
        paintDot(context, x.toPixel(line.x[index]), height, 3);
      }
    }
  }

  private _drawMarked(
    context: CanvasRenderingContext2D,
    theme: ChartTheme
  ): void {
    if (!this._marked || !this._axes) {
      return;
    }
    const [from, to] = this._marked;
    const { x, y } = this._axes;
    const isWide = Math.abs(from.x - to.x) > THIN;
    const isHigh = Math.abs(from.y - to.y) > THIN;
    const [left, right] = isWide || !isHigh ? [from.x, to.x] : x.pixels;
    const [top, bottom] = isHigh ? [from.y, to.y] : y.pixels;
    context.globalAlpha = 0.15;
    context.fillStyle = theme.text;
    context.fillRect(left, top, right - left, bottom - top);
    context.globalAlpha = 1;
    context.strokeStyle = theme.faint;
    context.strokeRect(left, top, right - left, bottom - top);
  }

  private _tell(hits: readonly Hit[]): void {
    const place = this._place;
    const nearest =
      place && this._axes && !this._marked
        ? nearestHit(hits, place.y, this._axes.y)
        : undefined;
    if (!place || !nearest) {
      this._events.onPointed(null);
      return;
    }
    const box = this._pointer.getBoundingClientRect();
    this._events.onPointed({
      hits,
      nearest,
      axes: this._axes!,
      place: { x: box.left + place.x, y: box.top + place.y }
    });
  }

  private _nearestTo({ x, y }: Place): Hit | undefined {
    if (!this._axes || !this._drawing) {
      return undefined;
    }
    const at = this._axes.x.toValue(x);
    const hits = hitsAt(this._drawing.lines, at, this._axes.x);
    return nearestHit(hits, y, this._axes.y);
  }

  private _addCanvas(): HTMLCanvasElement {
    const canvas = document.createElement('canvas');
    this._node.append(canvas);
    return canvas;
  }

  private readonly _curves: HTMLCanvasElement;
  private readonly _pointer: HTMLCanvasElement;
  private readonly _stop: () => void;
  private _size: Size = { width: 0, height: 0 };
  private _build: (() => Drawing) | null = null;
  private _drawing: Drawing | null = null;
  private _axes: Axes | null = null;
  private _place: Place | null = null;
  private _marked: [Place, Place] | null = null;
  /** Whether nothing is drawn at the pointer. */
  private _isEmpty = false;
  private _isDisposed = false;
}

/** Return what draws on a canvas of this size, in pixels of the page. */
function contextOf(
  canvas: HTMLCanvasElement,
  { width, height }: Size
): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio || 1;
  const wished = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wished[0] || canvas.height !== wished[1]) {
    [canvas.width, canvas.height] = wished;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

function spanBetween(scale: Scale, from: number, to: number): Span {
  const [a, b] = [scale.toValue(from), scale.toValue(to)];
  return a < b ? [a, b] : [b, a];
}

function moved(scale: Scale, by: number): Span {
  return spanBetween(scale, scale.pixels[0] - by, scale.pixels[1] - by);
}
