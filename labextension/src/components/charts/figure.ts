import type { ReactNode } from 'react';
import type { Layout, Trace } from 'plotly.js-cartesian-dist-min';

/**
 * A chart as plotly describes one: plain data that needs no plotly to be made.
 *
 * It is what saving a chart and opening it as code start from. A chart of curves or bars hands out
 * its own through `actions` of `MetricChart` and `CurvesPane`: these are called with a function
 * that returns the figure as it is on the screen at that moment (zoom, smoothing and groups
 * included, runs that are hidden left out), and return what stands in the chart's header, such as a
 * button.
 */
export interface Figure {
  /** What the chart is called, such as the metric: as text, never HTML. */
  readonly name: string;
  readonly data: Trace[];
  readonly layout: Layout;
}

/** Return what a chart of metrics offers, given what returns the figure as it is now. */
export type FigureActions = (
  figure: () => Figure,
  metrics: readonly string[]
) => ReactNode;
