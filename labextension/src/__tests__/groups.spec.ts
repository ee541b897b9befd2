import { expect, test } from 'vitest';

import { linesOf } from '../components/charts/lines';
import { bandOf } from '../models/charts/bands';
import { groupingsOf, groupOf } from '../models/runs/groups';
import { Preferences } from '../models/views/preferences';
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
    high: [0, 3, 6, 4],
    count: [1, 2, 2, 1]
  });
});

/** Five curves of four points, and what numpy and scipy say of each point of x. */
const CURVES = [
  [2.041, -2.556, 0.418, -0.568],
  [-0.453, -0.216, -2.02, -0.232],
  [-0.865, 3.323, 0.226, -0.353],
  [-0.281, -0.668, -1.055, -0.391],
  [0.482, -0.239, 0.958, -0.2]
];
/** `numpy.mean(curves, axis=0)` */
const MEAN = [0.1848, -0.0712, -0.2946, -0.3488];
/** `numpy.std(curves, axis=0, ddof=1)` */
const STD = [
  1.1466957748243427, 2.1272117195991567, 1.214808956173768, 0.14631370407449876
];
/** `scipy.stats.t.ppf(0.975, free)` */
const T = [
  [1, 12.706204736174694],
  [2, 4.302652729749462],
  [4, 2.7764451051977934],
  [5, 2.5705818356363146],
  [9, 2.262157162798205],
  [29, 2.045229642132703],
  [99, 1.9842169515864174]
];

test('the bands have the figures of numpy', () => {
  const lines = CURVES.map(y => ({ x: [0, 1, 2, 3], y }));
  const half = (kind: 'std' | 'ci') => {
    const { mean, high } = bandOf(lines, kind);
    return high.map((value, i) => value - mean[i]);
  };
  bandOf(lines, 'std').mean.forEach((value, i) =>
    expect(value).toBeCloseTo(MEAN[i], 12)
  );
  half('std').forEach((value, i) => expect(value).toBeCloseTo(STD[i], 12));
  half('ci').forEach((value, i) =>
    expect(value).toBeCloseTo((T[2][1] * STD[i]) / Math.sqrt(5), 7)
  );
  expect(bandOf(lines, 'minmax').low).toEqual([-0.865, -2.556, -2.02, -0.568]);
  expect(bandOf(lines, 'minmax').high).toEqual([2.041, 3.323, 0.958, -0.2]);
});

test.each(T)(
  'an interval over %i degrees of freedom is Student’s',
  (free, t) => {
    const n = free + 1;
    const values = Array.from({ length: n }, (_, i) => i);
    const lines = values.map(y => ({ x: [0], y: [y] }));
    const { mean, high } = bandOf(lines, 'ci');
    const std = Math.sqrt((n * (n + 1)) / 12);
    const error = std / Math.sqrt(n);
    expect((high[0] - mean[0]) / error).toBeCloseTo(t, 3);
  }
);

test('one curve alone has no interval', () => {
  const band = bandOf([{ x: [0], y: [3] }], 'ci');
  expect([band.low[0], band.high[0]]).toEqual([3, 3]);
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
    metric: 'loss',
    name: runId,
    color: '#112233',
    dash: [],
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
  const lines = linesOf(curves, new Preferences().view);
  expect(lines.map(({ name }) => name)).toEqual(['<0.1> (2)', '2 (1)']);
  expect(lines[0]).toMatchObject({
    x: [0, 1],
    y: [2, 2],
    band: { low: [1, 1], high: [3, 3] }
  });
});
