import { expect, test } from 'vitest';

import { inOrder, moveChart, movePinned } from '../models/views/chartOrder';
import { CURVE_DEFAULTS } from '../models/charts/curveView';

const KEYS = ['a', 'b', 'c', 'd', 'e'];

function moved(steps: readonly [string, string][]) {
  return steps.reduce(
    (view, [metric, target]) => moveChart(view, KEYS, metric, target),
    { order: CURVE_DEFAULTS.order }
  );
}

test('a chart takes the place of the one it is put onto', () => {
  expect(inOrder(KEYS, moved([]))).toEqual(KEYS);
  expect(inOrder(KEYS, moved([['d', 'b']]))).toEqual([...'adbce']);
  expect(inOrder(KEYS, moved([['a', 'c']]))).toEqual([...'bcade']);
  expect(inOrder(KEYS, moved([['e', 'a']]))).toEqual([...'eabcd']);
});

test('every order can be had, and is told in few words', () => {
  const random = sequence();
  let now = KEYS;
  let view: { order: readonly string[] } = { order: [] };
  for (let i = 0; i < 200; i++) {
    const [from, to] = [KEYS[random(5)], KEYS[random(5)]];
    view = moveChart(view, KEYS, from, to);
    const others = now.filter(key => key !== from);
    others.splice(now.indexOf(to), 0, from);
    now = others;
    expect(inOrder(KEYS, view)).toEqual(now);
  }
  expect(moved([['e', 'a']]).order).toEqual(['e', 'a']);
  expect(
    moved([
      ['e', 'a'],
      ['e', 'd']
    ]).order
  ).toEqual([]);
});

test('metrics that come later stand where they usually do', () => {
  const view = moved([['d', 'b']]);
  expect(inOrder(['a', 'aa', 'b', 'c', 'd', 'e', 'f'], view)).toEqual([
    'a',
    'aa',
    'd',
    'b',
    'c',
    'e',
    'f'
  ]);
  expect(inOrder(['b', 'd'], view)).toEqual(['d', 'b']);
});

test('what was arranged of other runs is not forgotten', () => {
  const view = moveChart({ order: ['y', 'x'] }, KEYS, 'b', 'a');
  expect(inOrder(['x', 'y'], view)).toEqual(['y', 'x']);
  expect(inOrder(KEYS, view)).toEqual([...'bacde']);
});

test('pinned charts are moved among themselves', () => {
  expect(movePinned({ pinned: ['a', 'b', 'c'] }, 'c', 'a')).toEqual({
    pinned: ['c', 'a', 'b']
  });
});

/** Numbers that look random and are the same each time. */
function sequence(): (below: number) => number {
  let state = 7;
  return below => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}
