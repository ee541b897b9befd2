import { expect, test } from 'vitest';

import type { Curve } from '../components/charts/lines';
import { linesOf } from '../components/charts/lines';
import { dashOfMetric, dashOfRun } from '../models/charts/dashes';
import { metricSearch } from '../models/charts/metricSearch';
import { USUAL_VIEW } from '../models/views/preferences';
import {
  chartsOf,
  combine,
  firstMetrics,
  sectionsOf,
  separate
} from '../models/charts/sections';

function series(steps: number[], values: number[]) {
  const timestamps = steps.map(step => 1_000 + 100 * step);
  return { steps, timestamps, values, total: steps.length, cursor: 1 };
}

function curve(change: Partial<Curve> = {}): Curve {
  return {
    runId: 'a',
    metric: 'loss',
    name: 'a',
    color: '#123456',
    dash: [],
    start: 1_000,
    series: series([0, 1, 2, 4], [4, 3, 2, 1]),
    ...change
  };
}

const xOf = (one: Curve, change: Partial<typeof USUAL_VIEW>) =>
  Array.from(linesOf([one], { ...USUAL_VIEW, ...change })[0].x);

test('a curve is drawn over steps, the time since its run began or the clock', () => {
  expect(xOf(curve(), { xAxis: 'step' })).toEqual([0, 1, 2, 4]);
  expect(xOf(curve(), { xAxis: 'relative' })).toEqual([0, 100, 200, 400]);
  expect(xOf(curve(), { xAxis: 'wall' })).toEqual([1000, 1100, 1200, 1400]);
});

test('over another metric a point lies where that one was at its step', () => {
  const over = series([0, 2, 3], [10, 30, 50]);
  const view = { xAxis: 'metric', xMetric: 'tokens' } as const;
  expect(xOf(curve({ over }), view)).toEqual([10, 20, 30, NaN]);
  expect(xOf(curve({ over: undefined }), view)).toEqual([NaN, NaN, NaN, NaN]);
  const falling = series([0, 1, 2, 4], [9, 5, 6, 1]);
  const [line] = linesOf([curve({ over: falling })], {
    ...USUAL_VIEW,
    ...view
  });
  expect(line.rises).toBe(false);
});

test('groups that are drawn over a falling metric are read from its least on', () => {
  const over = series([0, 1, 2, 4], [4, 3, 2, 1]);
  const view = { ...USUAL_VIEW, xAxis: 'metric', xMetric: 'lr' } as const;
  const [line] = linesOf([curve({ over, group: 'x' })], view);
  expect([...Array.from(line.x)]).toEqual([1, 2, 3, 4]);
  expect(Array.from(line.y)).toEqual([1, 2, 3, 4]);
});

test('smoothing keeps the points as logged behind the line', () => {
  const view = { ...USUAL_VIEW, smoothing: 0.5 };
  for (const smoothingKind of ['ema', 'centred'] as const) {
    const [line] = linesOf([curve()], { ...view, smoothingKind });
    expect(Array.from(line.raw!)).toEqual([4, 3, 2, 1]);
    expect(Array.from(line.y)).not.toEqual([4, 3, 2, 1]);
  }
});

test('beyond ten runs, and for the metrics of one chart, strokes tell lines apart', () => {
  expect(dashOfRun(9)).toEqual([]);
  expect(dashOfRun(10)).not.toEqual([]);
  expect(dashOfRun(20)).not.toEqual(dashOfRun(10));
  expect(dashOfMetric(1)).not.toEqual(dashOfMetric(0));
});

test('metrics are found by regular expressions, and by what is none', () => {
  expect(metricSearch('^train/').finds('train/loss')).toBe(true);
  expect(metricSearch('^train/').finds('val/train/loss')).toBe(false);
  expect(metricSearch('LOSS|acc').finds('accuracy')).toBe(true);
  const broken = metricSearch('f(x');
  expect(broken.isBroken).toBe(true);
  expect(broken.finds('the f(X) of it')).toBe(true);
  expect(metricSearch('').finds('anything')).toBe(true);
});

test('metrics that share a chart have none of their own', () => {
  const combined = combine([], 'train/loss', 'val/loss');
  const charts = chartsOf(['accuracy', 'train/loss', 'val/loss'], { combined });
  expect(charts).toEqual([
    { metric: 'accuracy', others: [] },
    { metric: 'train/loss', others: ['val/loss'] }
  ]);
  const three = combine(combined, 'train/loss', 'accuracy');
  expect(three).toEqual([['train/loss', 'val/loss', 'accuracy']]);
  expect(combine(three, 'lr', 'accuracy')).toEqual([
    ['train/loss', 'val/loss'],
    ['lr', 'accuracy']
  ]);
  expect(separate(combined, 'val/loss')).toEqual([]);
  // A metric that these runs do not have takes no other one with it.
  expect(chartsOf(['val/loss'], { combined })).toHaveLength(1);
});

test('many metrics stand under what their names begin with, pinned ones first', () => {
  const names = Array.from({ length: 5 }, (_, i) => [`a/${i}`, `b/${i}`]);
  const keys = [...names.flat(), 'c/alone', 'loss', 'system/cpu'];
  const charts = chartsOf(keys, { combined: [] });
  const sections = sectionsOf(charts, { pinned: ['b/3', 'gone'] });
  expect(
    sections.map(({ kind, prefix, charts: found }) => [
      kind,
      prefix,
      found.length
    ])
  ).toEqual([
    ['pinned', '', 1],
    ['rest', '', 2],
    ['prefix', 'a', 5],
    ['prefix', 'b', 4],
    ['prefix', 'system', 1]
  ]);
  expect(sectionsOf(charts.slice(0, 8), { pinned: [] })).toHaveLength(1);
});

test('the chart that stands first is the first that is not folded away', () => {
  const names = Array.from({ length: 12 }, (_, i) => `a/${i}`);
  const keys = [...names, 'loss', 'mae'];
  const view = { combined: [['loss', 'mae']], pinned: ['a/3'], folded: [] };
  expect(firstMetrics(keys, view)).toEqual(['a/3']);
  const folded = ['pinned:', 'a'];
  expect(firstMetrics(keys, { ...view, folded })).toEqual(['loss', 'mae']);
  expect(firstMetrics(names, { ...view, folded })).toEqual([]);
  expect(firstMetrics([], view)).toEqual([]);
});
