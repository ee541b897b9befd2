import { expect, test } from 'vitest';

import { sparkPoints } from '../components/runs/Sparkline';
import { barLayout, barTraces } from '../components/charts/bars';
import { axesOf } from '../components/charts/curveChart';
import { curveFigure } from '../components/charts/curveFigure';
import { escapeHtml } from '../components/charts/frame';
import type { Curve } from '../components/charts/lines';
import { linesOf } from '../components/charts/lines';
import type { View } from '../models/views/preferences';
import { USUAL_VIEW } from '../models/views/preferences';

const VIEW: View = USUAL_VIEW;
const THEME = {
  text: '#000',
  faint: '#777',
  grid: '#eee',
  background: '#fff',
  border: '#ccc',
  font: 'sans-serif'
};
const SIZE = { width: 300, height: 200 };
const WHOLE = { x: null, y: null };

function curve(runId: string, values: number[], secondsApart = 1): Curve {
  return {
    runId,
    metric: 'loss',
    name: `run <b>${runId}</b>`,
    color: '#123456',
    dash: [],
    start: 1_000_000,
    series: {
      steps: values.map((_, i) => i * 10),
      timestamps: values.map((_, i) => 1_000_000 + i * secondsApart * 1_000),
      values,
      total: values.length,
      cursor: values.length
    }
  };
}

function figure(
  curves: Curve[],
  view: View = VIEW,
  zoom: Parameters<typeof axesOf>[2] = WHOLE,
  emphasis: string | null = null
) {
  const lines = linesOf(curves, view);
  const axes = axesOf(lines, view, zoom, SIZE);
  const options = { lines, view, axes, xName: 'x', emphasis };
  return curveFigure('loss', { ...options, theme: THEME, size: SIZE });
}

test('a figure has one trace a run, of the points as logged', () => {
  const { name, data } = figure([curve('a', [3, 1, 2])]);
  expect(name).toBe('loss');
  expect(data).toHaveLength(1);
  expect(data[0]).toMatchObject({ x: [0, 10, 20], y: [3, 1, 2] });
});

test('smoothed curves keep the raw one, faint', () => {
  const view = { ...VIEW, smoothing: 0.5 };
  const [raw, smoothed] = figure([curve('a', [3, 1, 2])], view).data;
  expect(raw.y).toEqual([3, 1, 2]);
  expect(raw.opacity).toBeLessThan(0.5);
  expect(smoothed.opacity).toBe(1);
});

test('the run that is looked at stands out', () => {
  const curves = [curve('a', [1, 2]), curve('b', [1, 2])];
  const { data } = figure(curves, VIEW, WHOLE, 'b');
  expect(data[0].opacity).toBeLessThan(0.2);
  expect(data[1].opacity).toBe(1);
});

test('a figure of groups has an edge, a filled edge and a mean each', () => {
  const curves = [curve('a', [1, 2]), curve('b', [3, 4])];
  const grouped = curves.map(one => ({ ...one, group: 'x' }));
  const { data } = figure(grouped);
  expect(data).toHaveLength(3);
  expect(data[1]).toMatchObject({ y: [3, 4], fill: 'tonexty' });
  expect(data[2]).toMatchObject({ y: [2, 3], name: 'x (2)' });
});

test('time since start is told in a unit that fits the longest run', () => {
  const curves = [curve('a', [1, 2, 3], 1), curve('b', [1, 2, 3], 600)];
  const { data, layout } = figure(curves, { ...VIEW, xAxis: 'relative' });
  expect(data[1].x).toEqual([0, 10, 20]);
  expect(layout.xaxis).toMatchObject({ title: { text: 'x (min)' } });
});

test('wall time is drawn in the time zone of the person', () => {
  const [{ x }] = figure([curve('a', [1])], { ...VIEW, xAxis: 'wall' }).data;
  expect(x).toEqual([new Date(1_000_000)]);
});

test('a figure shows the part that the chart is zoomed to', () => {
  const zoom = { x: [5, 15], y: [0.1, 10] } as const;
  const view = { ...VIEW, logY: true };
  const { layout } = figure([curve('a', [3, 1, 2])], view, zoom);
  expect(layout.xaxis).toMatchObject({ range: [5, 15], type: 'linear' });
  expect(layout.yaxis).toMatchObject({ range: [-1, 1], type: 'log' });
});

test('names of runs are text, never HTML', () => {
  const [trace] = figure([curve('a', [1, 2])]).data;
  expect(trace.name).toBe('run &lt;b&gt;a&lt;/b&gt;');
  const bar = { runId: 'a', name: '<img src=x>', color: '#000', value: 1 };
  const [bars] = barTraces([bar], null, THEME, SIZE);
  expect(JSON.stringify(bars)).not.toContain('<img');
  expect(escapeHtml('a & b')).toBe('a &amp; b');
});

test('too many bars have no labels that would lie upon each other', () => {
  const bars = Array.from({ length: 41 }, (_, i) => ({
    runId: String(i),
    name: 'x',
    color: '#000',
    value: i
  }));
  const layoutOf = (count: number) =>
    barLayout(THEME, bars.slice(0, count), SIZE).yaxis;
  expect(layoutOf(41)).toMatchObject({ showticklabels: false });
  expect(layoutOf(40)).toMatchObject({ showticklabels: true });
});

test('a small curve fills its picture and leaves out what is no number', () => {
  expect(sparkPoints([0, 1])).toBe('1.5,12.5 54.5,1.5');
  expect(sparkPoints([1, NaN, 1]).split(' ')).toHaveLength(2);
  expect(sparkPoints([])).toBe('');
});
