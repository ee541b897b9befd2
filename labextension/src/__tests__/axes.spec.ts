import { expect, test } from 'vitest';

import { axesOf, hitsAt, nearestHit } from '../components/charts/curveChart';
import { extentOfY, quantile, spanOfX } from '../components/charts/extent';
import type { Line } from '../components/charts/lines';
import { tracePath } from '../components/charts/paint';
import { padded, scaleOf } from '../components/charts/scale';
import { tickLabel, ticksOf } from '../components/charts/ticks';
import { USUAL_VIEW } from '../models/views/preferences';

const SIZE = { width: 400, height: 200 };
const WHOLE = { x: null, y: null };

function line(x: number[], y: number[], change: Partial<Line> = {}): Line {
  return {
    runId: 'a',
    metric: 'loss',
    name: 'a',
    color: '#123456',
    dash: [],
    x,
    y,
    raw: null,
    band: null,
    rises: true,
    ...change
  };
}

const labels = (...args: Parameters<typeof ticksOf>) =>
  ticksOf(...args).map(({ label }) => label);

test('a scale goes from values to pixels and back, also along powers of ten', () => {
  const linear = scaleOf('linear', [0, 10], [50, 150]);
  expect(linear.toPixel(5)).toBe(100);
  expect(linear.toValue(125)).toBe(7.5);
  const log = scaleOf('log', [0.01, 100], [200, 0]);
  expect(log.toPixel(1)).toBeCloseTo(100, 9);
  expect(log.toValue(50)).toBeCloseTo(10, 9);
  expect(log.toPixel(0)).toBeNaN();
  expect(log.toPixel(-1)).toBeNaN();
});

test('one value alone has room around it', () => {
  expect(padded([5, 5], 0.05, false)).toEqual([4.75, 5.25]);
  expect(padded([0, 0], 0.05, false)).toEqual([-1, 1]);
  const [low, high] = padded([1, 1], 0.05, true);
  expect(low).toBeCloseTo(10 ** -0.5);
  expect(high).toBeCloseTo(10 ** 0.5);
});

test('ticks are round numbers inside the span', () => {
  expect(labels(scaleOf('linear', [0, 1], [0, 1]), 5)).toEqual([
    '0',
    '0.2',
    '0.4',
    '0.6',
    '0.8',
    '1.0'
  ]);
  expect(labels(scaleOf('linear', [-3, 42], [0, 1]), 4)).toEqual([
    '0',
    '20',
    '40'
  ]);
  expect(labels(scaleOf('linear', [0, 3e6], [0, 1]), 6)).toEqual([
    '0',
    '500k',
    '1.0M',
    '1.5M',
    '2.0M',
    '2.5M',
    '3.0M'
  ]);
  expect(tickLabel(0.00002, 0.00001)).toBe('2e-5');
});

test('ticks of powers of ten leave out words where there are many', () => {
  const few = labels(scaleOf('log', [0.9, 110], [0, 1]), 5);
  expect(few).toEqual(['1', '10', '100']);
  expect(labels(scaleOf('log', [1, 30], [0, 1]), 5)).toEqual([
    '1',
    '2',
    '5',
    '10',
    '20'
  ]);
  const many = labels(scaleOf('log', [1e-12, 1], [0, 1]), 4);
  expect(many.filter(Boolean)).toEqual(['10⁻¹²', '10⁻⁹', '10⁻⁶', '0.001', '1']);
});

test('ticks of time are those of a clock', () => {
  const of = (ms: number, count = 4) =>
    labels(scaleOf('duration', [0, ms], [0, 1]), count);
  expect(of(2_000)).toEqual(['0', '0.5000 s', '1 s', '1.500 s', '2 s']);
  expect(of(120_000)).toEqual(['0', '30 s', '1 min', '1:30', '2 min']);
  expect(of(7_200_000)).toEqual(['0', '30 min', '1 h', '1:30 h', '2 h']);
  expect(of(4 * 86_400_000)).toEqual(['0', '1 d', '2 d', '3 d', '4 d']);
  const noon = new Date(2026, 10, 21, 12, 0).getTime();
  const day = scaleOf('date', [noon, noon + 86_400_000], [0, 1]);
  const midnight = new Date(2026, 10, 22).toLocaleDateString(undefined, {
    month: 'short',
    day: 'numeric'
  });
  expect(labels(day, 4)).toEqual([
    '12:00',
    '18:00',
    midnight,
    '06:00',
    '12:00'
  ]);
});

test('quantiles are those of numpy', () => {
  const values = [5, 1, 4, 2, 8, 3, 9, 1].sort((a, b) => a - b);
  // numpy.quantile(values, [0.05, 0.25, 0.9])
  expect(quantile(values, 0.05)).toBe(1);
  expect(quantile(values, 0.25)).toBe(1.75);
  expect(quantile(values, 0.9)).toBeCloseTo(8.3, 12);
});

test('outliers are cut where they stretch the axis, and counted', () => {
  const y = Array.from({ length: 100 }, (_, i) => i / 100);
  const x = y.map((_, i) => i);
  const steady = [line(x, y)];
  expect(extentOfY(steady, [0, 99], false, 0.05)).toEqual({
    span: [0, 0.99],
    cut: 0,
    of: 100
  });
  const spiked = [line(x, [...y.slice(0, 98), 500, NaN])];
  const cut = extentOfY(spiked, [0, 99], false, 0.05)!;
  expect(cut.span[1]).toBeLessThan(1);
  expect(cut).toMatchObject({ cut: 10, of: 99 });
  expect(extentOfY(spiked, [0, 99], false, 0)!.span).toEqual([0, 500]);
  expect(extentOfY(spiked, [0, 50], false, 0)!.span).toEqual([0, 0.5]);
  expect(extentOfY([line([0], [-1])], [0, 1], true, 0)).toBeNull();
});

test('what is no number has no place on an axis', () => {
  expect(spanOfX([line([0, 1, NaN], [NaN, 2, 3])], false)).toEqual([1, 1]);
  expect(spanOfX([line([0, 1, 10], [1, 1, 1])], true)).toEqual([1, 10]);
  expect(spanOfX([], false)).toBeNull();
});

test('axes take what is shown, or the part that is zoomed to', () => {
  const lines = [line([0, 10, 20], [1, 5, 100])];
  const whole = axesOf(lines, USUAL_VIEW, WHOLE, SIZE);
  expect(whole.x.span).toEqual([0, 20]);
  expect(whole.y.span[1]).toBeGreaterThan(100);
  const part = axesOf(lines, USUAL_VIEW, { x: [0, 10], y: null }, SIZE);
  expect(part.x.span).toEqual([0, 10]);
  expect(part.y.span[1]).toBeLessThan(6);
  const view = { ...USUAL_VIEW, logX: true, logY: true };
  const log = axesOf(lines, view, WHOLE, SIZE);
  expect([log.x.kind, log.y.kind]).toEqual(['log', 'log']);
  const negative = axesOf([line([-1, 0], [-1, 0])], view, WHOLE, SIZE);
  expect([negative.x.kind, negative.y.kind]).toEqual(['linear', 'linear']);
});

test('the pointer reads the nearest point of each run, the greatest value first', () => {
  const a = line([0, 10, 20], [1, 2, 3]);
  const b = line([0, 9, 18], [5, NaN, 7], { runId: 'b' });
  const ended = line([0, 1], [9, 9], { runId: 'c' });
  const { x, y } = axesOf([a, b, ended], USUAL_VIEW, WHOLE, SIZE);
  const hits = hitsAt([a, b, ended], 11, x);
  expect(hits.map(({ line, index }) => [line.runId, index])).toEqual([
    ['b', 2],
    ['a', 1]
  ]);
  expect(nearestHit(hits, y.toPixel(2.1), y)?.line.runId).toBe('a');
  expect(nearestHit([], 0, y)).toBeUndefined();
});

test('a path has a gap where there is no number', () => {
  const path = tracedPath([0, 1, 2, 4], [1, 2, NaN, 4], 100);
  expect(path).toEqual(['M 0 99', 'L 25 98', 'M 100 96']);
});

test('of a column of pixels a path keeps the extremes, as they come', () => {
  const x = Array.from({ length: 10_000 }, (_, i) => i);
  const y = x.map(i => (i === 5_000 ? 90 : i % 10));
  const path = tracedPath(x, y, 100);
  expect(path.length).toBeLessThan(203);
  expect(path.some(part => part.endsWith(' 10'))).toBe(true);
  const rises = tracedPath([0, 1, 2, 3, 100], [50, 10, 90, 20, 20], 10);
  expect(rises).toEqual(['M 0.1 90', 'L 0.2 10', 'L 10 80']);
});

function tracedPath(x: number[], y: number[], width: number): string[] {
  const path: string[] = [];
  tracePath(
    {
      moveTo: (atX, atY) => path.push(`M ${atX} ${atY}`),
      lineTo: (atX, atY) => path.push(`L ${atX} ${atY}`)
    },
    { x, rises: true },
    y,
    scaleOf('linear', [0, x[x.length - 1]], [0, width]),
    scaleOf('linear', [0, 100], [100, 0])
  );
  return path;
}
