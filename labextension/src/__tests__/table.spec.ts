import { expect, test } from 'vitest';

import { guessDirection } from '../models/runs/metrics';
import type { Row } from '../models/compare/table';
import { compareRuns } from '../models/compare/table';
import type { RunRow } from '../wire';
import { metric, run, trans } from './support';

const OPTIONS = {
  trans,
  experiments: new Map([['1', 'digits']]),
  directionOf: guessDirection,
  baseline: null,
  now: 10_000,
  facts: null
};

function rowOf(runs: RunRow[], kind: string, key: string): Row {
  const section = compareRuns(runs, OPTIONS).find(one => one.kind === kind);
  const found = section?.rows.find(one => one.key === key);
  if (!found) {
    throw new Error(`There is no row ${kind} ${key}.`);
  }
  return found;
}

const values = (row: Row) => row.cells.map(cell => cell.value);

test('params are compared as the text they are', () => {
  const runs = [
    run('a', { params: { lr: '0.1', seed: '1' } }),
    run('b', { params: { lr: '0.10', seed: '1' } })
  ];
  expect(rowOf(runs, 'param', 'lr').differs).toBe(true);
  expect(rowOf(runs, 'param', 'seed').differs).toBe(false);
});

test('a param that a run lacks is a difference', () => {
  const row = rowOf(
    [run('a', { params: { lr: '' } }), run('b')],
    'param',
    'lr'
  );
  expect(row.differs).toBe(true);
  expect(values(row)).toEqual(['', null]);
});

test('metrics keep their exact values beside what is shown', () => {
  const runs = [
    run('a', { metrics: { loss: metric(0.123456789012) } }),
    run('b', { metrics: { loss: metric('NaN') } })
  ];
  const row = rowOf(runs, 'metric', 'loss');
  expect(values(row)).toEqual(['0.123456789012', 'NaN']);
  expect(row.cells[0].text).toBe('0.1235');
});

test.each([
  ['loss', [0.5, 0.25, 0.75], [false, true, false]],
  ['accuracy', [0.5, 0.25, 0.75], [false, false, true]],
  ['alpha', [0.5, 0.25, 0.75], [false, false, false]],
  ['loss', [0.5, 0.5, 0.5], [false, false, false]],
  ['loss', [0.5, 0.5, 0.7], [true, true, false]],
  ['loss', ['NaN', 0.5, 0.7], [false, true, false]],
  ['loss', ['NaN', 'NaN', 0.7], [false, false, false]]
] as const)('the best of %s %j', (key, last, best) => {
  const runs = last.map((value, i) =>
    run(String(i), { metrics: { [key]: metric(value) } })
  );
  const { cells } = rowOf(runs, 'metric', key);
  expect(cells.map(cell => cell.isBest)).toEqual(best);
});

test('a metric tells its extremes on hover', () => {
  const loss = metric(0.5, { min: 0.25, max: 2, count: 40, last_step: 39 });
  const [cell] = rowOf(
    [run('a', { metrics: { loss } })],
    'metric',
    'loss'
  ).cells;
  expect(cell.title).toBe('last 0.5 at step 39\nmin 0.25\nmax 2\n40 points');
});

test('tags of the tools themselves are left out', () => {
  const tags = { 'mlflow.user': 'ada', 'tracker.cell': '1', stage: 'grid' };
  const section = compareRuns([run('a', { tags })], OPTIONS).find(
    one => one.kind === 'tag'
  );
  expect(section?.rows.map(row => row.key)).toEqual(['stage']);
});

test('facts are told in words, exactly where it matters', () => {
  const runs = [
    run('abcdef0123', { tags: { 'mlflow.source.git.commit': '0123456789ab' } }),
    run('b', { status: 'RUNNING', end_time: null, start_time: 4_000 })
  ];
  expect(rowOf(runs, 'attribute', 'duration').cells.map(c => c.text)).toEqual([
    '1.0 s',
    '6.0 s'
  ]);
  expect(values(rowOf(runs, 'attribute', 'duration'))).toEqual(['1000', null]);
  expect(values(rowOf(runs, 'attribute', 'run_id'))[0]).toBe('abcdef0123');
  expect(rowOf(runs, 'attribute', 'git_commit').cells[0]).toMatchObject({
    text: '01234567',
    title: '0123456789ab'
  });
  expect(rowOf(runs, 'attribute', 'experiment').cells[0].text).toBe('digits');
});

test('what no run has is left out', () => {
  const kinds = compareRuns([run('a')], OPTIONS).map(section => section.kind);
  expect(kinds).toEqual(['attribute']);
});

test('metrics of the machine have a section of their own, the last', () => {
  const runs = [
    run('a', { metrics: { 'system/cpu': metric(1), loss: metric(2) } })
  ];
  const sections = compareRuns(runs, OPTIONS);
  expect(sections.map(({ label }) => label)).toEqual([
    'Metrics',
    'Run',
    'Machine'
  ]);
  expect(sections.at(-1)?.rows.map(({ key }) => key)).toEqual(['system/cpu']);
});
