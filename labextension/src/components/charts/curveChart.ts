import type { ChartLinks, Span } from '../../models/charts/chartLinks';
import type { CurveView } from '../../models/charts/curveView';
import { extentOfY, spanOfX } from './extent';
import type { Extent } from './extent';
import type { Size } from './frame';
import { lowerBound, MARGINS } from './paint';
import type { Line } from './lines';
import { padded, scaleOf } from './scale';
import type { Scale, ScaleKind } from './scale';

const ROOM = 0.05;
/** Where there is nothing to draw the axes still have to say something. */
const NOTHING: Span = [0, 1];
/** How far from the end of a curve the pointer still means it, in pixels. */
const NEAR = 12;

/** The axes of a chart, and what they leave out. */
export interface Axes {
  readonly x: Scale;
  readonly y: Scale;
  readonly extent: Extent | null;
}

/** A line's point at the x that the pointer is at. */
export interface Hit {
  readonly line: Line;
  readonly index: number;
}

/** Return the axes that show these lines in the part that a chart is zoomed to. */
export function axesOf(
  lines: readonly Line[],
  view: CurveView,
  zoom: ReturnType<ChartLinks['zoomOf']>,
  size: Size
): Axes {
  const kind = xKind(view, lines);
  const whole = spanOfX(lines, kind === 'log');
  const spanX = zoom.x ?? (whole ? widened(whole, kind === 'log') : NOTHING);
  const extent = extentOfY(lines, spanX, view.logY, view.outliers);
  const isLog = view.logY && (extent !== null || zoom.y !== null);
  const spanY = zoom.y ?? (extent ? padded(extent.span, ROOM, isLog) : NOTHING);
  const { left, right, top, bottom } = MARGINS;
  return {
    x: scaleOf(kind, spanX, [left, Math.max(left + 1, size.width - right)]),
    y: scaleOf(isLog ? 'log' : 'linear', spanY, [size.height - bottom, top]),
    extent
  };
}

/** Return the points of the lines at an x, the greatest value first. */
export function hitsAt(lines: readonly Line[], at: number, x: Scale): Hit[] {
  const reach = Math.abs(x.toValue(x.toPixel(at) + NEAR) - at);
  return lines
    .flatMap((line): Hit[] => {
      const index = nearest(line, at);
      return index !== -1 && isNear(line, at, reach) ? [{ line, index }] : [];
    })
    .sort((a, b) => b.line.y[b.index] - a.line.y[a.index]);
}

/** Return the hit that is nearest to a height; undefined where there is none. */
export function nearestHit(
  hits: readonly Hit[],
  pixel: number,
  y: Scale
): Hit | undefined {
  const distance = ({ line, index }: Hit) =>
    Math.abs(y.toPixel(line.y[index]) - pixel);
  return hits.reduce<Hit | undefined>(
    (best, hit) => (best && distance(best) <= distance(hit) ? best : hit),
    undefined
  );
}

/** Return the index of the point nearest to an x, of those that are numbers; -1 where none is. */
function nearest({ x, y, rises }: Line, at: number): number {
  let best = -1;
  const near = lowerBound(x, at);
  // Beside the place only what is no number has to be skipped.
  const [from, to] = rises ? [near - 64, near + 64] : [0, x.length];
  for (let i = Math.max(0, from); i < Math.min(x.length, to); i++) {
    const isNumber = Number.isFinite(x[i]) && Number.isFinite(y[i]);
    if (isNumber && !(Math.abs(x[i] - at) >= Math.abs(x[best] - at))) {
      best = i;
    }
  }
  return best;
}

function xKind(view: CurveView, lines: readonly Line[]): ScaleKind {
  const isGrouped = lines.some(line => line.band !== null);
  switch (view.xAxis) {
    case 'wall':
      return isGrouped ? 'duration' : 'date';
    case 'relative':
      return 'duration';
    default:
      return view.logX && spanOfX(lines, true) !== null ? 'log' : 'linear';
  }
}

/** One point alone has room at both sides; curves reach from end to end. */
function widened(span: Span, isLog: boolean): Span {
  return span[0] === span[1] ? padded(span, ROOM, isLog) : span;
}

/** Whether an x is not far from where a line begins or ends. */
function isNear({ x, rises }: Line, at: number, reach: number): boolean {
  const ends = rises ? [x[0], x[x.length - 1]] : Array.from(x);
  const numbers = ends.filter(Number.isFinite);
  const low = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const high = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  return at >= low - reach && at <= high + reach;
}
