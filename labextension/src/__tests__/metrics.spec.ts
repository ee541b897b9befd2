import { expect, test } from 'vitest';

import {
  chartKeys,
  commonMetric,
  guessDirection,
  metricCounts
} from '../models/runs/metrics';
import { metric, run } from './support';

test.each([
  ['loss', 'lower'],
  ['val_loss', 'lower'],
  ['trainLoss', 'lower'],
  ['rmse', 'lower'],
  ['test/mae', 'lower'],
  ['mean_absolute_error', 'lower'],
  ['accuracy', 'higher'],
  ['val_acc', 'higher'],
  ['r2', 'higher'],
  ['f1_score', 'higher'],
  ['roc_auc', 'higher'],
  ['alpha', 'none'],
  ['epoch', 'none'],
  ['glossary_size', 'none']
])('of %s %s values are better', (key, direction) => {
  expect(guessDirection(key)).toBe(direction);
});

const RUNS = [
  run('a', { metrics: { loss: metric(1, { count: 9 }), rmse: metric(1) } }),
  run('b', { metrics: { rmse: metric(1) } }),
  run('c', { metrics: { rmse: metric(1), mae: metric(1) } })
];

test('metrics are counted, the most common first, then by name', () => {
  expect([...metricCounts(RUNS)]).toEqual([
    ['rmse', 3],
    ['loss', 1],
    ['mae', 1]
  ]);
});

test('the metric shown changes only when it says little', () => {
  const counts = metricCounts(RUNS);
  expect(commonMetric(counts, null)).toBe('rmse');
  expect(commonMetric(counts, 'loss')).toBe('rmse');
  expect(
    commonMetric(
      new Map([
        ['a', 5],
        ['b', 4]
      ]),
      'b'
    )
  ).toBe('b');
  expect(commonMetric(new Map(), 'loss')).toBeNull();
});

test('metrics with curves come before those of a single point', () => {
  expect(chartKeys(RUNS)).toEqual(['loss', 'mae', 'rmse']);
  expect(chartKeys(RUNS, true)).toEqual(['loss']);
});

test('metrics of the machine come after all others, however many runs have them', () => {
  const runs = [
    run('a', { metrics: { 'system/cpu': metric(1, { count: 9 }) } }),
    run('b', { metrics: { 'system/cpu': metric(1), loss: metric(2) } })
  ];
  expect([...metricCounts(runs).keys()]).toEqual(['loss', 'system/cpu']);
  expect(commonMetric(metricCounts(runs), null)).toBe('loss');
  expect(chartKeys(runs)).toEqual(['loss', 'system/cpu']);
});
