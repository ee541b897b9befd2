import { expect, test } from 'vitest';

import type { Scope } from '../models/list/rows';
import { isNewestFirst, mergeRows } from '../models/list/rows';
import { run } from './support';

const ALL: Scope = {
  experimentId: null,
  view: 'active',
  takeNew: true,
  isFolded: false,
  hasMore: false
};
const LIST = [
  run('c', { start_time: 30 }),
  run('b', { start_time: 20 }),
  run('a', { start_time: 10 })
];

function idsAfter(changed: Parameters<typeof mergeRows>[1], scope = ALL) {
  return mergeRows(LIST, changed, scope).runs.map(row => row.run_id);
}

test('a changed run stays where it is', () => {
  const changed = run('b', { start_time: 20, run_name: 'renamed' });
  const { runs, added, removed } = mergeRows(LIST, [changed], ALL);
  expect(runs[1].run_name).toBe('renamed');
  expect([runs.length, added, removed]).toEqual([3, 0, 0]);
});

test('new runs are put in their places, newest first', () => {
  const fresh = [run('e', { start_time: 25 }), run('d', { start_time: 40 })];
  expect(idsAfter(fresh)).toEqual(['d', 'c', 'e', 'b', 'a']);
});

test('deleted runs and those of other experiments leave the list', () => {
  const scope = { ...ALL, experimentId: '1' };
  const changed = [
    run('a', { lifecycle_stage: 'deleted' }),
    run('b', { experiment_id: '2' }),
    run('x', { experiment_id: '2', start_time: 50 })
  ];
  expect(idsAfter(changed, scope)).toEqual(['c']);
  expect(mergeRows(LIST, changed, scope).removed).toBe(2);
});

test('a run of a page that was not read yet waits for its page', () => {
  const old = [run('z', { start_time: 5 })];
  expect(idsAfter(old, { ...ALL, hasMore: true })).toEqual(['c', 'b', 'a']);
  expect(idsAfter(old)).toEqual(['c', 'b', 'a', 'z']);
});

test('under a filter only runs that are shown are changed', () => {
  const scope = { ...ALL, takeNew: false };
  expect(idsAfter([run('d', { start_time: 40 })], scope)).toHaveLength(3);
});

test('what was given is not changed', () => {
  mergeRows(LIST, [run('d', { start_time: 40 })], ALL);
  expect(LIST).toHaveLength(3);
});

test('a list out of order is noticed', () => {
  expect(isNewestFirst(LIST)).toBe(true);
  expect(isNewestFirst([...LIST].reverse())).toBe(false);
});
