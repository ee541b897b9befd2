import type { Band, Line as Points } from '../../models/charts/bands';
import { bandOf } from '../../models/charts/bands';
import type { CurveView } from '../../models/charts/curveView';
import type { Series } from '../../models/charts/series';
import { centredAverage, movingAverage, smoothingUnit } from './smoothing';

/** Numbers of a line: where there is none, NaN. */
export type Column = ArrayLike<number>;

/** One metric of one run, and how it looks. */
export interface Curve {
  runId: string;
  metric: string;
  name: string;
  color: string;
  /** Lengths of strokes and gaps in pixels; empty for a line without gaps. */
  dash: readonly number[];
  /** When the run began, in ms. */
  start: number;
  series: Series;
  /** The metric that it is drawn over, where it is drawn over one. */
  over?: Series;
  /** What the group is called, where there are groups. */
  group?: string;
}

/** What is drawn: a curve, or the mean of a group. */
export interface Line {
  /** The run; of a group its first. */
  readonly runId: string;
  readonly metric: string;
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly x: Column;
  readonly y: Column;
  /** The points as logged, behind the smoothed ones. */
  readonly raw: Column | null;
  readonly band: Band | null;
  /** Whether no x is less than the one before. */
  readonly rises: boolean;
}

/** Return the lines of curves: one each, or where they have groups one for each of these. */
export function linesOf(curves: readonly Curve[], view: CurveView): Line[] {
  const isGrouped = curves.some(curve => curve.group !== undefined);
  return isGrouped
    ? groupLines(curves, view)
    : curves.map(curve => curveLine(curve, view));
}

function curveLine(curve: Curve, view: CurveView): Line {
  const { runId, metric, name, color, dash, series } = curve;
  const x = xOf(curve, view);
  const raw = Float64Array.from(series.values);
  const isSmooth = view.smoothing > 0 && raw.length > 1;
  return {
    ...{ runId, metric, name, color, dash, x },
    y: isSmooth ? smoothed(series, view) : raw,
    raw: isSmooth ? raw : null,
    band: null,
    rises: isRising(x)
  };
}

/** A mean and its band for each group, in the order in which the groups first appear. */
function groupLines(curves: readonly Curve[], view: CurveView): Line[] {
  const groups = new Map<string, Curve[]>();
  for (const curve of curves) {
    const key = JSON.stringify([curve.metric, curve.group]);
    groups.set(key, [...(groups.get(key) ?? []), curve]);
  }
  return [...groups.values()].map(members => {
    const points = members.map((curve): Points => {
      const { values } = curve.series;
      const y = view.smoothing > 0 ? smoothed(curve.series, view) : values;
      return inOrder(groupedX(curve, view), y);
    });
    const band = bandOf(points, view.band);
    const [{ runId, metric, group, color, dash }] = members;
    const name = `${group} (${members.length})`;
    const common = { runId, metric, name, color, dash, band, rises: true };
    return { ...common, x: band.x, y: band.mean, raw: null };
  });
}

/** Return the steps over which each curve of a chart is drawn, in the unit of the axis. */
export function xOf(curve: Curve, view: CurveView): Float64Array {
  const { steps, timestamps } = curve.series;
  switch (view.xAxis) {
    case 'relative':
      return Float64Array.from(timestamps, time => time - curve.start);
    case 'wall':
      return Float64Array.from(timestamps);
    case 'metric':
      return valuesAt(steps, curve.over);
    default:
      return Float64Array.from(steps);
  }
}

/** Runs of a group began at other times: over wall time they have no mean. */
function groupedX(curve: Curve, view: CurveView): Float64Array {
  const isWall = view.xAxis === 'wall';
  return xOf(curve, isWall ? { ...view, xAxis: 'relative' } : view);
}

function smoothed(series: Series, view: CurveView): Float64Array {
  const { steps, values, total } = series;
  const smooth =
    view.smoothingKind === 'centred' ? centredAverage : movingAverage;
  const unit = smoothingUnit(steps, total);
  return smooth(steps, values, view.smoothing, unit);
}

/** Return the values that a metric had at these steps; between two points along a straight line. */
function valuesAt(
  steps: readonly number[],
  over: Series | undefined
): Float64Array {
  const found = new Float64Array(steps.length).fill(NaN);
  const last = (over?.steps.length ?? 0) - 1;
  if (!over || last < 0) {
    return found;
  }
  let i = 0;
  steps.forEach((step, at) => {
    while (i < last && over.steps[i + 1] <= step) {
      i += 1;
    }
    const [left, right] = [over.steps[i], over.steps[Math.min(i + 1, last)]];
    if (step === left) {
      found[at] = over.values[i];
    } else if (step > left && step < right) {
      const share = (step - left) / (right - left);
      const [from, to] = [over.values[i], over.values[i + 1]];
      found[at] = from + share * (to - from);
    }
  });
  return found;
}

/** Bands are read along rising x, which another metric need not give. */
function inOrder(x: Float64Array, y: Column): Points {
  if (isRising(x)) {
    return { x, y };
  }
  const order = Array.from(x, (_, i) => i).sort((a, b) => x[a] - x[b]);
  return { x: order.map(i => x[i]), y: order.map(i => y[i]) };
}

function isRising(x: Column): boolean {
  for (let i = 1; i < x.length; i++) {
    if (!(x[i - 1] <= x[i])) {
      return false;
    }
  }
  return true;
}
