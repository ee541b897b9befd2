import type { Layout, Trace } from 'plotly.js-cartesian-dist-min';

import type { Dimension } from '../../models/runs/dimensions';
import { paretoFront } from '../../models/charts/pareto';
import type { Goals } from '../../models/charts/pareto';
import type { Size } from './frame';
import { axis, commonLayout, escapeHtml, shorten } from './frame';
import type { ChartTheme } from './theme';

const DIMMED = 0.15;

/** One run of a chart that has one point a run. */
export interface Dot {
  runId: string;
  name: string;
  color: string;
}

/** What is drawn, ready for plotly. */
export interface Drawing {
  data: Trace[];
  layout: Layout;
}

/** What all drawings of one point a run are made from. */
export interface DrawingOptions {
  dots: readonly Dot[];
  emphasis: string | null;
  theme: ChartTheme;
  size: Size;
}

/** One dot a run; with goals also the runs that no other beats in both. */
export function scatter(
  x: Dimension,
  y: Dimension,
  goals: Goals | null,
  options: DrawingOptions
): Drawing {
  const { dots, theme, size, emphasis } = options;
  const at = indicesOf(dots.length, x, y);
  const front = goals === null ? [] : frontOf(x, y, at, goals);
  const data: Trace[] = [
    {
      type: 'scatter',
      mode: 'markers',
      x: at.map(i => x.values[i]),
      y: at.map(i => y.values[i]),
      marker: {
        size: 10,
        color: at.map(i => dots[i].color),
        opacity: at.map(i => opacityOf(dots[i], emphasis)),
        line: { width: 1, color: theme.background }
      },
      ...hover(x, y, dots, at)
    }
  ];
  if (front.length > 1) {
    data.unshift({
      type: 'scatter',
      mode: 'lines',
      x: front.map(i => x.values[i]),
      y: front.map(i => y.values[i]),
      line: { color: theme.faint, width: 1.5, dash: 'dot' },
      hoverinfo: 'skip'
    });
  }
  return { data, layout: layoutOf(x, y, theme, size) };
}

/** The spread of a metric for each value of a param, every run a dot beside its box. */
export function boxes(
  x: Dimension,
  y: Dimension,
  options: DrawingOptions
): Drawing {
  const { dots, theme, size } = options;
  const at = indicesOf(dots.length, x, y);
  const groups = [...new Set(at.map(i => x.values[i]))].sort(byValue);
  const data = groups.map((group): Trace => {
    const mine = at.filter(i => x.values[i] === group);
    return {
      type: 'box',
      name: escapeHtml(shorten(String(group), 28)),
      y: mine.map(i => y.values[i]),
      boxpoints: 'all',
      jitter: 0.4,
      pointpos: 0,
      fillcolor: 'rgba(0,0,0,0)',
      line: { color: theme.faint, width: 1.25 },
      marker: { color: theme.text, size: 5, opacity: 0.75 },
      text: mine.map(i => escapeHtml(dots[i].name)),
      hovertemplate: '%{text}<br><b>%{y:.6~g}</b><extra></extra>'
    };
  });
  const layout = layoutOf(x, y, theme, size);
  const xaxis = { ...(layout.xaxis as object), type: 'category' };
  return { data, layout: { ...layout, xaxis } };
}

/** A metric as heights over two params, with the runs that it was measured at. */
export function contour(
  x: Dimension,
  y: Dimension,
  z: Dimension,
  options: DrawingOptions
): Drawing {
  const { dots, theme, size, emphasis } = options;
  const at = indicesOf(dots.length, x, y).filter(i => z.values[i] !== null);
  const values = (one: Dimension) => at.map(i => one.values[i]);
  const colorbar = {
    thickness: 10,
    outlinewidth: 0,
    tickfont: { size: 11, color: theme.faint },
    title: { text: escapeHtml(shorten(z.key, 28)), font: { size: 11 } }
  };
  const data: Trace[] = [
    {
      type: 'contour',
      x: values(x),
      y: values(y),
      z: values(z),
      connectgaps: true,
      colorscale: 'Viridis',
      line: { width: 0.5 },
      colorbar,
      hoverinfo: 'skip'
    },
    {
      type: 'scatter',
      mode: 'markers',
      x: values(x),
      y: values(y),
      marker: {
        size: 8,
        color: '#fff',
        opacity: at.map(i => opacityOf(dots[i], emphasis)),
        line: { width: 1.5, color: '#222' }
      },
      text: at.map(i => escapeHtml(dots[i].name)),
      customdata: values(z),
      hovertemplate: `%{text}<br>${label(x)} %{x}<br>${label(y)} %{y}<br><b>%{customdata:.6~g}</b><extra></extra>`
    }
  ];
  return { data, layout: layoutOf(x, y, theme, size) };
}

function frontOf(
  x: Dimension,
  y: Dimension,
  at: readonly number[],
  goals: Goals
): number[] {
  const points = at.map(i => ({
    x: Number(x.values[i]),
    y: Number(y.values[i])
  }));
  return paretoFront(points, goals).map(i => at[i]);
}

/** Runs that lack one of the two are left out. */
function indicesOf(count: number, x: Dimension, y: Dimension): number[] {
  return Array.from({ length: count }, (_, i) => i).filter(
    i => x.values[i] !== null && y.values[i] !== null
  );
}

function hover(
  x: Dimension,
  y: Dimension,
  dots: readonly Dot[],
  at: readonly number[]
): Trace {
  return {
    text: at.map(i => escapeHtml(dots[i].name)),
    hovertemplate: `%{text}<br>${label(x)} <b>%{x}</b><br>${label(y)} <b>%{y}</b><extra></extra>`
  };
}

function layoutOf(
  x: Dimension,
  y: Dimension,
  theme: ChartTheme,
  size: Size
): Layout {
  return {
    ...commonLayout(theme, size),
    uirevision: `${x.id} ${y.id}`,
    hovermode: 'closest',
    margin: { l: 64, r: 20, t: 12, b: 44 },
    xaxis: { ...axisOf(x, theme), title: title(x, theme, 8) },
    yaxis: { ...axisOf(y, theme), title: title(y, theme, 4) }
  };
}

function axisOf(dimension: Dimension, theme: ChartTheme): Layout {
  const type = dimension.isLog ? 'log' : 'linear';
  return dimension.isNumeric
    ? { ...axis(theme), type, exponentformat: 'power' }
    : {
        ...axis(theme),
        type: 'category',
        categoryorder: 'array',
        categoryarray: dimension.words
      };
}

function title(dimension: Dimension, theme: ChartTheme, standoff: number) {
  return {
    text: label(dimension),
    standoff,
    font: { size: 11, color: theme.faint }
  };
}

/** Plotly reads its templates for %{…} also in names. */
function label(dimension: Dimension): string {
  return escapeHtml(shorten(dimension.key, 40)).replace(/%\{/g, '%\u200b{');
}

function opacityOf(dot: Dot, emphasis: string | null): number {
  return emphasis === null || emphasis === dot.runId ? 1 : DIMMED;
}

function byValue(a: number | string | null, b: number | string | null): number {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** What matters how much, the most at the top. */
export function bars(
  rows: readonly { key: string; share: number; text: string }[],
  options: Pick<DrawingOptions, 'theme' | 'size'>
): Drawing {
  const { theme, size } = options;
  const shown = [...rows].reverse();
  const data: Trace[] = [
    {
      type: 'bar',
      orientation: 'h',
      x: shown.map(({ share }) => share),
      y: shown.map(({ key }) => escapeHtml(shorten(key, 28))),
      text: shown.map(({ text }) => text),
      textposition: 'outside',
      cliponaxis: false,
      marker: { color: theme.faint }
    }
  ];
  return {
    data,
    layout: {
      ...commonLayout(theme, size),
      margin: { l: 180, r: 60, t: 20, b: 20 },
      xaxis: { ...axis(theme), showticklabels: false },
      yaxis: { ...axis(theme), type: 'category' }
    }
  };
}
