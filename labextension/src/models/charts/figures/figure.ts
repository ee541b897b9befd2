import type { BandKind } from '../bands';
import type { SmoothingKind } from '../curveView';

/** An axis of a chart of one point a run. */
export interface FigureAxis {
  readonly kind: 'param' | 'metric';
  readonly key: string;
  readonly isNumeric: boolean;
  readonly isLog: boolean;
}

/** Which way two metrics are better. */
export interface FigureGoals {
  readonly x: 'lower' | 'higher';
  readonly y: 'lower' | 'higher';
}

/** Curves of metrics: one a run, or one a group with its band. */
export interface CurvesFigure {
  readonly kind: 'curves';
  readonly metrics: readonly string[];
  /** `metric:KEY` draws over the values of another metric. */
  readonly x: 'step' | 'relative' | 'wall' | `metric:${string}`;
  readonly isLogX: boolean;
  readonly isLogY: boolean;
  readonly smoothing: {
    readonly kind: SmoothingKind;
    /** Weight of the past one unit of steps ago, as charts smooth. */
    readonly weight: number;
  } | null;
  /** `param:KEY` or `tag:KEY`; null draws each run. */
  readonly groupBy: string | null;
  readonly band: BandKind;
}

/** A chart as plain data: enough to draw the same runs again elsewhere. */
export type Figure =
  | CurvesFigure
  | { readonly kind: 'bars'; readonly metric: string }
  | {
      readonly kind: 'scatter';
      readonly x: FigureAxis;
      readonly y: FigureAxis;
      readonly goals: FigureGoals | null;
    }
  | { readonly kind: 'box'; readonly x: FigureAxis; readonly y: FigureAxis }
  | {
      readonly kind: 'contour';
      readonly x: FigureAxis;
      readonly y: FigureAxis;
      readonly z: FigureAxis;
    }
  | { readonly kind: 'parallel'; readonly axes: readonly FigureAxis[] }
  | {
      readonly kind: 'importance';
      readonly params: readonly FigureAxis[];
      readonly metric: FigureAxis;
      readonly method: 'correlation' | 'forest';
    };

/** A run as a chart draws it. */
export interface FigureRun {
  readonly runId: string;
  readonly color: string;
}

/** The runs of a chart, and where they are kept. */
export interface FigureRuns {
  readonly storeUri: string;
  readonly runs: readonly FigureRun[];
}
