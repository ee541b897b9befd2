import { ColumnPath } from './columnPath';
import type { Path } from './columnPath';
import type { Size } from './frame';
import type { Column, Line } from './lines';
import type { Scale } from './scale';
import { Strokes } from './strokes';
import type { ChartTheme } from './theme';
import { ticksOf } from './ticks';

const FAINT = 0.3;
/** Of so many runs the points as logged are told apart though all are drawn. */
const FEW = 3;
/** Themes of high contrast have no faint colour for a grid. */
const FAINT_GRID = 0.3;
const DIMMED = 0.12;
const BAND = 0.18;
const FONT_SIZE = 11;
const DOT = 3.5;
/** Pixels between the names of two marks. */
const ROOM_X = 72;
const ROOM_Y = 32;
/** A line of this many points is worth showing where the points are. */
const DOTTED = 2;

/** The pixels around the curves, where the axes have their numbers. */
export const MARGINS = { left: 50, right: 12, top: 8, bottom: 34 } as const;

/** Everything that a drawing of curves is made from. */
export interface Picture {
  lines: readonly Line[];
  x: Scale;
  y: Scale;
  /** What x is. */
  xName: string;
  emphasis: string | null;
  theme: ChartTheme;
  size: Size;
}

/** Draw axes and curves. */
export function paint(context: CanvasRenderingContext2D, it: Picture): void {
  context.clearRect(0, 0, it.size.width, it.size.height);
  paintAxes(context, it);
  context.save();
  context.beginPath();
  const { left, top } = MARGINS;
  const width = it.size.width - left - MARGINS.right;
  context.rect(left, top - 2, width, it.size.height - top - MARGINS.bottom + 4);
  context.clip();
  context.lineJoin = 'bevel';
  const strength = (line: Line) =>
    it.emphasis !== null && it.emphasis !== line.runId ? DIMMED : 1;
  // What lies behind must not cover the lines of other runs.
  const faint = FAINT * Math.min(1, Math.sqrt(FEW / it.lines.length));
  for (const line of it.lines) {
    paintBehind(context, line, it, strength(line), faint);
  }
  for (const line of byEmphasis(it.lines, it.emphasis)) {
    paintLine(context, line, it, strength(line));
  }
  context.restore();
}

/** The run that is looked at is drawn last, above the others. */
function byEmphasis(
  lines: readonly Line[],
  emphasis: string | null
): readonly Line[] {
  const isLifted = (line: Line) => line.runId === emphasis;
  return emphasis === null
    ? lines
    : [...lines].sort((a, b) => Number(isLifted(a)) - Number(isLifted(b)));
}

/** Draw the band of a group, or the points as logged of a curve that is smoothed. */
function paintBehind(
  context: CanvasRenderingContext2D,
  line: Line,
  { x, y }: Picture,
  strong: number,
  faint: number
): void {
  context.strokeStyle = line.color;
  context.fillStyle = line.color;
  if (line.band) {
    context.globalAlpha = strong * BAND;
    context.beginPath();
    traceBand(context, line, x, y);
    context.fill();
  }
  if (line.raw) {
    stroke(context, { ...line, dash: [] }, line.raw, x, y, 1, strong * faint);
  }
  context.globalAlpha = 1;
}

function paintLine(
  context: CanvasRenderingContext2D,
  line: Line,
  { x, y }: Picture,
  strong: number
): void {
  context.strokeStyle = line.color;
  context.fillStyle = line.color;
  stroke(context, line, line.y, x, y, line.band ? 2 : 1.75, strong);
  if (line.x.length <= DOTTED) {
    for (let i = 0; i < line.x.length; i++) {
      paintDot(context, x.toPixel(line.x[i]), y.toPixel(line.y[i]));
    }
  }
  context.globalAlpha = 1;
}

/** Draw a dot that marks a point. */
export function paintDot(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius = DOT
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function stroke(
  context: CanvasRenderingContext2D,
  line: Line,
  column: Column,
  x: Scale,
  y: Scale,
  width: number,
  alpha: number
): void {
  context.globalAlpha = alpha;
  context.lineWidth = width;
  if (line.dash.length === 0 && alpha === 1) {
    const strokes = new Strokes(context);
    tracePath(strokes, line, column, x, y);
    strokes.finish();
    return;
  }
  context.setLineDash([...line.dash]);
  context.beginPath();
  tracePath(context, line, column, x, y);
  context.stroke();
  context.setLineDash([]);
}

/** Lay a path along the points of a line that are shown. */
export function tracePath(
  path: Path,
  line: Pick<Line, 'x' | 'rises'>,
  column: Column,
  x: Scale,
  y: Scale
): void {
  const [from, to] = visible(line, x);
  const columns = new ColumnPath(path);
  for (let i = from; i < to; i++) {
    const atX = x.toPixel(line.x[i]);
    const atY = y.toPixel(column[i]);
    if (Number.isNaN(atX) || Number.isNaN(atY)) {
      columns.leaveGap();
    } else {
      columns.add(atX, atY);
    }
  }
  columns.finish();
}

function traceBand(
  context: CanvasRenderingContext2D,
  line: Line,
  x: Scale,
  y: Scale
): void {
  const { low, high } = line.band!;
  const [from, to] = visible(line, x);
  // On a logarithmic axis what is not above zero lies below every value that is shown.
  const floor = y.pixels[0] + 1e4;
  for (let i = from; i < to; i++) {
    context.lineTo(x.toPixel(line.x[i]), y.toPixel(high[i]) || floor);
  }
  for (let i = to - 1; i >= from; i--) {
    context.lineTo(x.toPixel(line.x[i]), y.toPixel(low[i]) || floor);
  }
}

/** Return from where until before where the points are shown, with a neighbour at each side. */
function visible(
  { x, rises }: Pick<Line, 'x' | 'rises'>,
  { span }: Scale
): [number, number] {
  return rises
    ? [
        Math.max(0, lowerBound(x, span[0]) - 1),
        Math.min(x.length, lowerBound(x, span[1]) + 2)
      ]
    : [0, x.length];
}

/** Return the index of the first value that is not less. */
export function lowerBound(sorted: Column, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function paintAxes(context: CanvasRenderingContext2D, it: Picture): void {
  const { x, y, theme, size } = it;
  const bottom = size.height - MARGINS.bottom;
  const right = size.width - MARGINS.right;
  context.font = `${FONT_SIZE}px ${theme.font}`;
  context.lineWidth = 1;
  context.fillStyle = theme.faint;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.beginPath();
  for (const { value, label } of ticksOf(y, lengthOf(y) / ROOM_Y)) {
    const at = Math.round(y.toPixel(value)) + 0.5;
    context.moveTo(MARGINS.left, at);
    context.lineTo(right, at);
    context.fillText(label, MARGINS.left - 6, at);
  }
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const { value, label } of ticksOf(x, lengthOf(x) / ROOM_X)) {
    const at = Math.round(x.toPixel(value)) + 0.5;
    context.moveTo(at, MARGINS.top);
    context.lineTo(at, bottom);
    const half = context.measureText(label).width / 2;
    const middle = Math.min(at, size.width - half - 1);
    context.fillText(label, middle, bottom + 5);
  }
  context.strokeStyle = theme.text;
  const text = context.strokeStyle;
  context.strokeStyle = theme.grid;
  context.globalAlpha = context.strokeStyle === text ? FAINT_GRID : 1;
  context.stroke();
  context.globalAlpha = 1;
  context.fillText(it.xName, (MARGINS.left + right) / 2, bottom + 20);
}

function lengthOf(scale: Scale): number {
  return Math.abs(scale.pixels[1] - scale.pixels[0]);
}
