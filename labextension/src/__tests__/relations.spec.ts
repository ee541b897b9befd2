import { expect, test } from 'vitest';

import { boxes, contour, scatter } from '../components/charts/relations';
import type { Dimension } from '../models/runs/dimensions';
import { dimensionsOf, positionOf } from '../models/runs/dimensions';
import { importances, ranks } from '../models/charts/importance';
import { paretoFront } from '../models/charts/pareto';
import { metric, run } from './support';

const LOOK = {
  emphasis: null,
  size: { width: 100, height: 100 },
  theme: {
    text: '#000',
    faint: '#888',
    grid: '#ccc',
    background: '#fff',
    border: '#ccc',
    font: 'sans'
  }
};

function dimension(
  kind: 'param' | 'metric',
  key: string,
  values: string[]
): Dimension {
  const rows = values.map((value, i) =>
    kind === 'param'
      ? run(`${i}`, { params: value === '' ? {} : { [key]: value } })
      : run(`${i}`, { metrics: { [key]: metric(Number(value)) } })
  );
  return dimensionsOf(rows)[0];
}

const dots = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    runId: `${i}`,
    name: `<b>${i}`,
    color: '#123456'
  }));

test('what runs do not differ in is no dimension, and metrics always are', () => {
  const rows = [
    run('a', { params: { lr: '0.1', n: '5' }, metrics: { loss: metric(1) } }),
    run('b', { params: { lr: '0.2', n: '5' }, metrics: { loss: metric(1) } }),
    run('c', { params: { lr: '0.2', n: '5' }, metrics: { nan: metric('NaN') } })
  ];
  expect(dimensionsOf(rows).map(({ id }) => id)).toEqual([
    'param:lr',
    'metric:loss'
  ]);
});

test('numbers, magnitudes and words have their places along an axis', () => {
  const linear = dimension('param', 'n', ['1', '3', '2', '']);
  expect(linear.values.map(v => positionOf(linear, v))).toEqual([
    0,
    1,
    0.5,
    null
  ]);
  const log = dimension('param', 'lr', ['1e-4', '1e-2', '1e-3']);
  expect(log.isLog).toBe(true);
  expect(positionOf(log, 1e-3)).toBeCloseTo(0.5);
  const words = dimension('param', 'model', ['rf', '5', 'net']);
  expect(words.words).toEqual(['5', 'net', 'rf']);
  expect(words.values.map(v => positionOf(words, v))).toEqual([1, 0, 0.5]);
});

test('equal values share the mean of their ranks', () => {
  expect(ranks([10, 20, 20, 5])).toEqual([2, 3.5, 3.5, 1]);
});

test('the param that a metric follows is the most important one', () => {
  const rows = [1, 2, 3, 4, 5, 6].map(i =>
    run(`${i}`, {
      params: {
        // Monotonous but far from a line: ranks see it all the same.
        depth: String(i ** 5),
        seed: String([4, 1, 6, 2, 5, 3][i - 1]),
        kind: i % 2 === 0 ? 'even' : 'odd'
      },
      metrics: { loss: metric(-i) }
    })
  );
  const all = dimensionsOf(rows);
  const loss = all[all.length - 1];
  const [first, ...others] = importances(all, loss);
  expect(first).toEqual({ key: 'depth', strength: 1, sign: -1, count: 6 });
  expect(others.map(({ key }) => key).sort()).toEqual(['kind', 'seed']);
  others.forEach(({ strength }) => expect(strength).toBeLessThan(0.6));
});

test('three runs tell nothing', () => {
  const rows = [1, 2, 3].map(i =>
    run(`${i}`, { params: { n: `${i}` }, metrics: { loss: metric(i) } })
  );
  const all = dimensionsOf(rows);
  expect(importances(all, all[1])).toEqual([]);
});

test('the Pareto front holds what no other point beats, twins included', () => {
  const points = [
    { x: 1, y: 9 },
    { x: 2, y: 5 },
    { x: 3, y: 6 },
    { x: 4, y: 1 },
    { x: 4, y: 1 },
    { x: 5, y: 1 }
  ];
  expect(paretoFront(points, { x: 'lower', y: 'lower' })).toEqual([0, 1, 3, 4]);
  expect(paretoFront(points, { x: 'higher', y: 'higher' })).toEqual([0, 2, 5]);
  expect(paretoFront([], { x: 'lower', y: 'lower' })).toEqual([]);
});

test('a scatter leaves out runs without a value and shows no markup of names', () => {
  const x = dimension('param', 'n', ['1', '2', '', '4']);
  const y = dimension('metric', 'loss', ['4', '3', '2', '1']);
  const { data, layout } = scatter(x, y, null, { ...LOOK, dots: dots(4) });
  expect(data).toHaveLength(1);
  expect(data[0].x).toEqual([1, 2, 4]);
  expect(data[0].y).toEqual([4, 3, 1]);
  expect(data[0].text).toEqual(['&lt;b&gt;0', '&lt;b&gt;1', '&lt;b&gt;3']);
  expect(layout.xaxis).toMatchObject({ type: 'linear' });
  const front = scatter(
    y,
    y,
    { x: 'lower', y: 'higher' },
    {
      ...LOOK,
      dots: dots(4)
    }
  );
  expect(front.data[0]).toMatchObject({ mode: 'lines', x: [1, 2, 3, 4] });
});

test('each value of a param has its box, numbers in their order', () => {
  const x = dimension('param', 'n', ['10', '9', '10', '100']);
  const y = dimension('metric', 'loss', ['4', '3', '2', '1']);
  const { data, layout } = boxes(x, y, { ...LOOK, dots: dots(4) });
  expect(data.map(box => [box.name, box.y])).toEqual([
    ['9', [3]],
    ['10', [4, 2]],
    ['100', [1]]
  ]);
  expect(layout.xaxis).toMatchObject({ type: 'category' });
});

test('a contour is drawn over the runs that have all three', () => {
  const x = dimension('param', 'n', ['1', '2', '3']);
  const y = dimension('param', 'm', ['3', '', '1']);
  const z = dimension('metric', 'loss', ['4', '3', '2']);
  const { data } = contour(x, y, z, { ...LOOK, dots: dots(3) });
  expect(data[0]).toMatchObject({ type: 'contour', x: [1, 3], z: [4, 2] });
  expect(data[1]).toMatchObject({ type: 'scatter', y: [3, 1] });
});
