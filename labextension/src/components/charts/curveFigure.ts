import type { Layout, Trace } from 'plotly.js-cartesian-dist-min';

import type { CurveView } from '../../models/charts/curveView';
import type { Axes } from './curveChart';
import type { Figure } from './figure';
import { axis, commonLayout, escapeHtml, shorten } from './frame';
import type { Size } from './frame';
import type { Column, Line } from './lines';
import type { Scale } from './scale';
import type { ChartTheme } from './theme';

const FAINT = 0.3;
const DIMMED = 0.12;
const HOUR = 3_600_000;
const UNITS = [
  { ms: HOUR, name: 'h', least: 5 * HOUR },
  { ms: 60_000, name: 'min', least: 300_000 },
  { ms: 1_000, name: 's', least: 0 }
];

/** What a figure of curves is made from. */
export interface CurveFigureOptions {
  lines: readonly Line[];
  view: CurveView;
  axes: Axes;
  xName: string;
  emphasis: string | null;
  theme: ChartTheme;
  size: Size;
}

/** Return the chart as plotly draws it, showing the same part of the curves. */
export function curveFigure(name: string, it: CurveFigureOptions): Figure {
  const { x, y } = it.axes;
  const unit = UNITS.find(({ least }) => x.span[1] >= least) ?? UNITS[2];
  const isDuration = x.kind === 'duration';
  const toX = xWriter(x, unit.ms);
  const xTitle = it.xName + (isDuration ? ` (${unit.name})` : '');
  return {
    name,
    data: it.lines.flatMap(line => traces(line, it, toX)),
    layout: {
      ...commonLayout(it.theme, it.size),
      hovermode: 'x unified',
      showlegend: it.lines.length > 1,
      margin: { l: 60, r: 14, t: 40, b: 48 },
      title: { text: escapeHtml(name), font: { size: 14 } },
      xaxis: { ...axisOf(x, it.theme, toX), title: titleOf(xTitle, it.theme) },
      yaxis: axisOf(y, it.theme, value => value)
    }
  };
}

/** A band is a lower edge and, filled down to it, an upper one. */
function traces(
  line: Line,
  it: CurveFigureOptions,
  toX: (value: number) => number | Date
): Trace[] {
  const x = Array.from(line.x, toX);
  const isDimmed = it.emphasis !== null && it.emphasis !== line.runId;
  const strong = isDimmed ? DIMMED : 1;
  const main = trace(line, x, line.y, line.band ? 2 : 1.75, strong);
  const behind = { showlegend: false, hoverinfo: 'skip' };
  if (line.raw) {
    const raw = trace(line, x, line.raw, 1, strong * FAINT);
    return [{ ...raw, ...behind }, main];
  }
  if (!line.band) {
    return [main];
  }
  const edge = { ...trace(line, x, line.y, 0, strong), ...behind };
  const fill = { fill: 'tonexty', fillcolor: `${line.color}2b` };
  return [
    { ...edge, y: line.band.low },
    { ...edge, ...fill, y: line.band.high },
    main
  ];
}

function trace(
  line: Line,
  x: readonly (number | Date)[],
  y: Column,
  width: number,
  opacity: number
): Trace {
  const dash = line.dash.map(length => `${length}px`).join(',') || 'solid';
  return {
    type: 'scatter',
    mode: x.length === 1 ? 'markers' : 'lines',
    x,
    y: Array.from(y),
    opacity,
    // Straight lines: splines would show values that nobody logged.
    line: { color: line.color, width, dash },
    marker: { color: line.color, size: 7 },
    name: escapeHtml(shorten(line.name, 40)),
    hovertemplate: '%{y:.6~g}'
  };
}

function axisOf(
  scale: Scale,
  theme: ChartTheme,
  toAxis: (value: number) => number | Date
): Layout {
  const isLog = scale.kind === 'log';
  const [low, high] = scale.span;
  return {
    ...axis(theme),
    type: isLog ? 'log' : scale.kind === 'date' ? 'date' : 'linear',
    range: isLog
      ? [Math.log10(low), Math.log10(high)]
      : [toAxis(low), toAxis(high)]
  };
}

/** plotly draws numbers as UTC, but a Date in the person's own time zone. */
function xWriter(scale: Scale, ms: number): (value: number) => number | Date {
  switch (scale.kind) {
    case 'date':
      return value => new Date(value);
    case 'duration':
      return value => value / ms;
    default:
      return value => value;
  }
}

function titleOf(text: string, theme: ChartTheme): Layout {
  const font = { size: 11, color: theme.faint };
  return { text: escapeHtml(text), standoff: 6, font };
}
