import type { Layout, Trace } from 'plotly.js-cartesian-dist-min';

import { formatAlike } from '../../format';
import { bandOf } from '../../models/bands';
import type { Band } from '../../models/bands';
import type { View, XAxis } from '../../models/preferences';
import type { Series } from '../../models/series';
import { axis, commonLayout, escapeHtml, shorten } from './frame';
import type { Size } from './frame';
import { smooth } from './smoothing';
import type { ChartTheme } from './theme';

const FAINT = 0.35;
const DIMMED = 0.12;
const MANY_RUNS = 8;
const BAR = 32;
const HIGHEST_BARS = 600;
const BAR_MARGINS = 32;
const THICKEST_BAR = 20;
/** More bars than this are too thin for words. */
const LABELLED_BARS = 40;

/** One run's part of a chart. */
export interface Curve {
  runId: string;
  name: string;
  color: string;
  /** When the run began, in ms. */
  start: number;
  series: Series;
}

/** A run's part of a chart of groups. */
export interface GroupedCurve extends Curve {
  /** What the group is called. */
  group: string;
}

/** One run's bar: the only value it logged. */
export interface Bar {
  runId: string;
  name: string;
  color: string;
  value: number;
}

/** The words on an axis, in the person's language. */
export type AxisNames = Record<XAxis, string>;

/** Return the traces of curves; the run that `emphasis` names stands out from the others. */
export function curveTraces(
  curves: readonly Curve[],
  view: View,
  emphasis: string | null
): Trace[] {
  const unit = timeUnit(curves);
  return curves.flatMap(curve => {
    const isDimmed = emphasis !== null && emphasis !== curve.runId;
    const strong = isDimmed ? DIMMED : 1;
    const x = xValues(curve, view.xAxis, unit.ms);
    const { values } = curve.series;
    if (view.smoothing === 0 || values.length < 2) {
      return [lineTrace(curve, x, values, strong, true)];
    }
    return [
      lineTrace(curve, x, values, strong * FAINT, false),
      lineTrace(curve, x, smooth(values, view.smoothing), strong, true)
    ];
  });
}

/** Return a mean and its band for each group, in the order in which the groups first appear. */
export function groupTraces(
  curves: readonly GroupedCurve[],
  view: View
): Trace[] {
  const unit = timeUnit(curves);
  const groups = new Map<string, GroupedCurve[]>();
  for (const curve of curves) {
    groups.set(curve.group, [...(groups.get(curve.group) ?? []), curve]);
  }
  return [...groups].flatMap(([group, members]) => {
    const lines = members.map(curve => ({
      x: groupedX(curve, view.xAxis, unit.ms),
      y:
        view.smoothing === 0
          ? curve.series.values
          : smooth(curve.series.values, view.smoothing)
    }));
    const band = bandOf(lines, view.band);
    return bandTraces(`${group} (${members.length})`, members[0].color, band);
  });
}

/** Return the trace of bars, the first run on top. */
export function barTraces(
  bars: readonly Bar[],
  emphasis: string | null,
  theme: ChartTheme,
  size: Size
): Trace[] {
  const room = (size.height - BAR_MARGINS) / Math.max(1, bars.length);
  return [
    {
      type: 'bar',
      orientation: 'h',
      y: bars.map(bar => bar.runId),
      x: bars.map(bar => bar.value),
      width: Math.min(0.7, THICKEST_BAR / room),
      text: formatAlike(bars.map(bar => bar.value)),
      textposition: bars.length > LABELLED_BARS ? 'none' : 'auto',
      textangle: 0,
      outsidetextfont: { color: theme.text, size: 11 },
      insidetextfont: { color: '#fff', size: 11 },
      marker: {
        color: bars.map(bar => bar.color),
        opacity: bars.map(bar =>
          emphasis !== null && emphasis !== bar.runId ? DIMMED : 1
        )
      },
      customdata: bars.map(bar => escapeHtml(bar.name)),
      hovertemplate: '%{customdata}<br><b>%{x}</b><extra></extra>'
    }
  ];
}

/** Return the layout of a chart of curves. */
export function curveLayout(
  theme: ChartTheme,
  view: View,
  curves: readonly Curve[],
  names: AxisNames,
  size: Size
): Layout {
  const unit = view.xAxis === 'relative' ? ` (${timeUnit(curves).name})` : '';
  return {
    ...commonLayout(theme, size),
    // Zooming in survives new points, but not another axis.
    uirevision: `${view.xAxis} ${view.logY}`,
    hovermode: curves.length > MANY_RUNS ? 'closest' : 'x unified',
    margin: { l: 54, r: 14, t: 10, b: 38 },
    xaxis: {
      ...axis(theme),
      type: view.xAxis === 'wall' ? 'date' : 'linear',
      // The line under the pointer; its default is white and heavy in dark themes.
      showspikes: true,
      spikemode: 'across',
      spikesnap: 'hovered data',
      spikethickness: -1,
      spikedash: 'solid',
      spikecolor: theme.faint,
      title: {
        text: names[view.xAxis] + unit,
        standoff: 6,
        font: { size: 11, color: theme.faint }
      }
    },
    yaxis: view.logY
      ? { ...axis(theme), type: 'log', nticks: 6, exponentformat: 'power' }
      : axis(theme)
  };
}

/** Return the layout of a chart of bars. */
export function barLayout(
  theme: ChartTheme,
  bars: readonly Bar[],
  size: Size
): Layout {
  const hasNames = bars.length <= LABELLED_BARS;
  return {
    ...commonLayout(theme, size),
    uirevision: 'bars',
    hovermode: 'closest',
    margin: { l: hasNames ? 128 : 14, r: 14, t: 6, b: 26 },
    xaxis: { ...axis(theme), nticks: 6 },
    yaxis: {
      ...axis(theme),
      type: 'category',
      showgrid: false,
      showticklabels: hasNames,
      fixedrange: true,
      autorange: 'reversed',
      tickmode: 'array',
      ticklen: 6,
      tickcolor: 'transparent',
      ticks: 'outside',
      tickvals: bars.map(bar => bar.runId),
      ticktext: bars.map(bar => escapeHtml(shorten(bar.name)))
    }
  };
}

/** Return how high a chart of so many bars should be. */
export function barHeight(count: number): number {
  return Math.min(count * BAR + BAR_MARGINS, HIGHEST_BARS);
}

function lineTrace(
  curve: Curve,
  x: readonly (number | Date)[],
  y: readonly number[],
  opacity: number,
  isMain: boolean
): Trace {
  const hover = isMain ? { hovertemplate: '%{y:.6~g}' } : { hoverinfo: 'skip' };
  return {
    type: 'scatter',
    mode: y.length === 1 ? 'markers' : 'lines',
    x,
    y,
    opacity,
    // Straight lines: splines would show values that nobody logged.
    line: { color: curve.color, width: isMain ? 1.75 : 1 },
    marker: { color: curve.color, size: 7 },
    name: escapeHtml(shorten(curve.name, 28)),
    ...hover
  };
}

function bandTraces(name: string, color: string, band: Band): Trace[] {
  const edge = { type: 'scatter', mode: 'lines', x: band.x, hoverinfo: 'skip' };
  return [
    { ...edge, y: band.low, line: { width: 0 } },
    {
      ...edge,
      y: band.high,
      line: { width: 0 },
      fill: 'tonexty',
      fillcolor: `${color}2b`
    },
    {
      type: 'scatter',
      mode: 'lines',
      x: band.x,
      y: band.mean,
      line: { color, width: 2 },
      name: escapeHtml(shorten(name, 28)),
      customdata: band.low.map((low, i) => [low, band.high[i]]),
      hovertemplate: '%{y:.6~g} (%{customdata[0]:.4~g} … %{customdata[1]:.4~g})'
    }
  ];
}

/** Runs of a group began at other times: over wall time they have no mean. */
function groupedX(curve: Curve, xAxis: XAxis, unit: number): readonly number[] {
  const { steps, timestamps } = curve.series;
  return xAxis === 'step'
    ? steps
    : timestamps.map(time => (time - curve.start) / unit);
}

function xValues(
  curve: Curve,
  xAxis: XAxis,
  unit: number
): readonly (number | Date)[] {
  const { steps, timestamps } = curve.series;
  switch (xAxis) {
    case 'relative':
      return timestamps.map(time => (time - curve.start) / unit);
    case 'wall':
      // plotly draws numbers as UTC, but a Date in the person's own time zone.
      return timestamps.map(time => new Date(time));
    default:
      return steps;
  }
}

/** Return the unit in which the longest of the curves is told well. */
function timeUnit(curves: readonly Curve[]): { ms: number; name: string } {
  const longest = curves.reduce((ms, { series, start }) => {
    const last = series.timestamps[series.timestamps.length - 1] ?? start;
    return Math.max(ms, last - start);
  }, 0);
  if (longest < 5 * 60_000) {
    return { ms: 1_000, name: 's' };
  }
  return longest < 5 * 3_600_000
    ? { ms: 60_000, name: 'min' }
    : { ms: 3_600_000, name: 'h' };
}
