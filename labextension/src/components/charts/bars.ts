import type { Layout, Trace } from 'plotly.js-cartesian-dist-min';

import { formatAlike } from '../../format';
import { axis, commonLayout, escapeHtml, shorten } from './frame';
import type { Size } from './frame';
import type { ChartTheme } from './theme';

const DIMMED = 0.12;
const BAR = 32;
const HIGHEST_BARS = 600;
const BAR_MARGINS = 32;
const THICKEST_BAR = 20;
/** More bars than this are too thin for words. */
const LABELLED_BARS = 40;

/** One run's bar: the only value it logged. */
export interface Bar {
  runId: string;
  name: string;
  color: string;
  value: number;
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
