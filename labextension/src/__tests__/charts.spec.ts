import { expect, test } from 'vitest';

import { sparkPoints } from '../components/runs/Sparkline';
import { escapeHtml } from '../components/charts/frame';
import { smooth } from '../components/charts/smoothing';
import {
  barLayout,
  barTraces,
  curveLayout,
  curveTraces
} from '../components/charts/traces';
import type { View } from '../models/preferences';
import { USUAL_VIEW } from '../models/preferences';

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
const NAMES = { step: 'step', relative: 'time since start', wall: 'time' };

function curve(runId: string, values: number[], secondsApart = 1) {
  return {
    runId,
    name: `run <b>${runId}</b>`,
    color: '#123456',
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

test('without smoothing there is one trace a run, of the points as logged', () => {
  const [trace, ...others] = curveTraces([curve('a', [3, 1, 2])], VIEW, null);
  expect(others).toEqual([]);
  expect(trace).toMatchObject({ x: [0, 10, 20], y: [3, 1, 2], mode: 'lines' });
});

test('smoothed curves keep the raw one, faint', () => {
  const view = { ...VIEW, smoothing: 0.5 };
  const [raw, smoothed] = curveTraces([curve('a', [3, 1, 2])], view, null);
  expect(raw.y).toEqual([3, 1, 2]);
  expect(raw.opacity).toBeLessThan(0.5);
  expect(smoothed.opacity).toBe(1);
});

test('the run that is looked at stands out', () => {
  const traces = curveTraces(
    [curve('a', [1, 2]), curve('b', [1, 2])],
    VIEW,
    'b'
  );
  expect(traces[0].opacity).toBeLessThan(0.2);
  expect(traces[1].opacity).toBe(1);
});

test('time since start is told in a unit that fits the longest run', () => {
  const curves = [curve('a', [1, 2, 3], 1), curve('b', [1, 2, 3], 600)];
  const view = { ...VIEW, xAxis: 'relative' as const };
  expect(curveTraces(curves, view, null)[1].x).toEqual([0, 10, 20]);
  expect(curveLayout(THEME, view, curves, NAMES, SIZE)).toMatchObject({
    xaxis: { title: { text: 'time since start (min)' } }
  });
});

test('wall time is drawn in the time zone of the person', () => {
  const view = { ...VIEW, xAxis: 'wall' as const };
  const [{ x }] = curveTraces([curve('a', [1])], view, null);
  expect(x).toEqual([new Date(1_000_000)]);
});

test('names of runs are text, never HTML', () => {
  const [trace] = curveTraces([curve('a', [1, 2])], VIEW, null);
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

test('zooming in survives new points but not another axis', () => {
  const revision = (view: View) =>
    curveLayout(THEME, view, [], NAMES, SIZE).uirevision;
  expect(revision(VIEW)).toBe(revision({ ...VIEW, smoothing: 0.9 }));
  expect(revision(VIEW)).not.toBe(revision({ ...VIEW, logY: true }));
});

test('a constant stays what it is however much it is smoothed', () => {
  smooth([2, 2, 2, 2], 0.99).forEach(value => expect(value).toBeCloseTo(2, 12));
});

test('the moving average starts at the first point and follows slowly', () => {
  const [first, second] = smooth([0, 1], 0.9);
  expect(first).toBe(0);
  expect(second).toBeCloseTo(0.1 / 0.19, 12);
});

test('what is no number does not spoil the average', () => {
  expect(smooth([1, NaN, 1], 0.5)).toEqual([1, NaN, 1]);
});

test('a small curve fills its picture and leaves out what is no number', () => {
  expect(sparkPoints([0, 1])).toBe('1.5,12.5 54.5,1.5');
  expect(sparkPoints([1, NaN, 1]).split(' ')).toHaveLength(2);
  expect(sparkPoints([])).toBe('');
});
