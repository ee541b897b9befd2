import type { BandKind } from './bands';
import type { Zoom } from './chartLinks';
import { recordOf } from '../saved';

/** What a curve is drawn over. */
export type XAxis = 'step' | 'relative' | 'wall' | 'metric';

/** How the noise of a curve is taken away. */
export type SmoothingKind = 'ema' | 'centred';

/** How a person likes to look at curves. */
export interface CurveView {
  readonly xAxis: XAxis;
  /** The metric that curves are drawn over where `xAxis` says so. */
  readonly xMetric: string;
  readonly logX: boolean;
  readonly logY: boolean;
  /** What curves are put together by, as `groups` names it; '' draws each run. */
  readonly groupBy: string;
  readonly band: BandKind;
  /** Weight of the past in the moving average: 0 draws the points as they are. */
  readonly smoothing: number;
  readonly smoothingKind: SmoothingKind;
  /** Share of the values that y need not show, at either end. */
  readonly outliers: number;
  /** Whether all charts show the same part of x. */
  readonly zoomTogether: boolean;
  /** How wide a chart is at least, in pixels. */
  readonly chartWidth: number;
  /** Metrics whose charts come first. */
  readonly pinned: readonly string[];
  /** Sections of metrics that are folded. */
  readonly folded: readonly string[];
  /** Metrics that share a chart: each list is one, under its first. */
  readonly combined: readonly (readonly string[])[];
  /** Metrics whose charts were moved, in the order that they have among themselves. */
  readonly order: readonly string[];
  /** What part charts show, by their metrics; under '' what all of them show of x. */
  readonly zooms: Readonly<Record<string, Zoom>>;
}

/** How curves are drawn before a person says otherwise. */
export const CURVE_DEFAULTS: CurveView = {
  xAxis: 'step',
  xMetric: '',
  logX: false,
  logY: false,
  groupBy: '',
  band: 'minmax',
  smoothing: 0,
  smoothingKind: 'ema',
  outliers: 0,
  zoomTogether: true,
  chartWidth: 340,
  pinned: [],
  folded: [],
  combined: [],
  order: [],
  zooms: {}
};

/** How narrow and how wide charts can be wished, in pixels. */
export const CHART_WIDTHS = { least: 220, most: 1200 } as const;

/** Whether a saved value is one that a view can have; it may come from anybody. */
export const IS_VALID: {
  [K in keyof CurveView]: (value: unknown) => boolean;
} = {
  xAxis: value => isOneOf(value, ['step', 'relative', 'wall', 'metric']),
  xMetric: value => typeof value === 'string',
  logX: value => typeof value === 'boolean',
  logY: value => typeof value === 'boolean',
  groupBy: value => typeof value === 'string',
  band: value => isOneOf(value, ['minmax', 'std', 'ci']),
  smoothing: value => isWithin(value, 0, 0.999),
  smoothingKind: value => isOneOf(value, ['ema', 'centred']),
  outliers: value => isWithin(value, 0, 0.25),
  zoomTogether: value => typeof value === 'boolean',
  chartWidth: value => isWithin(value, CHART_WIDTHS.least, CHART_WIDTHS.most),
  pinned: isTexts,
  folded: isTexts,
  combined: value => Array.isArray(value) && value.every(isTexts),
  order: isTexts,
  zooms: value => isRecord(value) && Object.values(value).every(isZoom)
};

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isZoom(value: unknown): boolean {
  const { x, y } = recordOf(value);
  return [x, y].every(span => span === null || isSpan(span));
}

function isSpan(value: unknown): boolean {
  const ends: unknown[] = Array.isArray(value) ? value : [];
  return (
    ends.length === 2 &&
    ends.every(Number.isFinite) &&
    Number(ends[0]) < Number(ends[1])
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(one => typeof one === 'string');
}

function isOneOf(value: unknown, allowed: readonly string[]): boolean {
  return typeof value === 'string' && allowed.includes(value);
}

function isWithin(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && value >= low && value <= high;
}
