import { expect, test } from 'vitest';

import { groupTraces } from '../components/charts/traces';
import { bandOf } from '../models/bands';
import { groupingsOf, groupOf } from '../models/groups';
import { Preferences } from '../models/preferences';
import { run } from './support';

test('the mean is read along the lines, and only where a curve has points', () => {
  const lines = [
    { x: [0, 2, 4], y: [0, 2, 4] },
    { x: [1, 2], y: [3, 6] }
  ];
  expect(bandOf(lines, 'minmax')).toEqual({
    x: [0, 1, 2, 4],
    mean: [0, 2, 4, 4],
    low: [0, 1, 2, 4],
    high: [0, 3, 6, 4]
  });
});

test('the bands are those of statistics', () => {
  const lines = [2, 4, 4, 4, 5, 5, 7, 9].map(y => ({ x: [0], y: [y] }));
  const std = Math.sqrt(32 / 7);
  expect(bandOf(lines, 'std').high[0]).toBeCloseTo(5 + std, 12);
  expect(bandOf(lines, 'ci').low[0]).toBeCloseTo(
    5 - (1.96 * std) / Math.sqrt(8),
    12
  );
});

test('what is no number leaves no trace in the mean', () => {
  const lines = [
    { x: [0, 1, 2], y: [1, NaN, 3] },
    { x: [0, 1, 2], y: [3, 4, Infinity] }
  ];
  expect(bandOf(lines, 'minmax').mean).toEqual([2, 3, 3]);
  expect(bandOf([{ x: [], y: [] }], 'std').x).toEqual([]);
});

test('a hundred thousand points have a band of a few hundred, ends kept', () => {
  const x = Array.from({ length: 100_000 }, (_, i) => i);
  const band = bandOf([{ x, y: x }], 'minmax');
  expect(band.x.length).toBe(500);
  expect([band.x[0], band.x.at(-1)]).toEqual([0, 99_999]);
});

test('runs are grouped by what some of them share', () => {
  const rows = [
    run('a', { params: { lr: '0.1', seed: '1' }, tags: { kind: 'x' } }),
    run('b', {
      params: { lr: '0.1', seed: '2' },
      tags: { 'mlflow.user': 'a' }
    }),
    run('c', { params: { lr: '0.2', seed: '3' }, tags: { kind: 'x' } })
  ];
  expect(groupingsOf(rows)).toEqual([
    { id: 'param:lr', label: 'lr' },
    { id: 'tag:kind', label: 'kind' }
  ]);
  expect(rows.map(row => groupOf(row, 'tag:kind'))).toEqual(['x', '', 'x']);
});

test('each group is a mean over its band, under its name and number', () => {
  const curve = (runId: string, group: string, y: number) => ({
    runId,
    group,
    name: runId,
    color: '#112233',
    start: 0,
    series: {
      steps: [0, 1],
      timestamps: [0, 1000],
      values: [y, y],
      total: 2,
      cursor: 2
    }
  });
  const curves = [
    curve('a', '<0.1>', 1),
    curve('b', '<0.1>', 3),
    curve('c', '2', 5)
  ];
  const traces = groupTraces(curves, new Preferences().view);
  expect(traces).toHaveLength(6);
  expect(traces[2]).toMatchObject({ name: '&lt;0.1&gt; (2)', y: [2, 2] });
  expect(traces[1]).toMatchObject({ y: [3, 3], fill: 'tonexty' });
});
