import { expect, test } from 'vitest';

import { readCode } from '../models/pair/code';

const cell = (order: number, execution_count: number | null) => ({
  order,
  execution_count,
  source: order,
  raw_source: order,
  succeeded: true
});

test('the cells that a run depends on are read in the order executed', () => {
  const session = {
    format: 1,
    sources: ['import x', 'x.y = 1', '%%track\nfit()'],
    cells: [cell(0, 3), cell(1, 4), cell(2, null)]
  };
  const lineage = {
    targets: [2],
    slice: [0, 2],
    findings: [
      { kind: 'edited', text: 'In [3] was edited since.', cells: [0] },
      { kind: 'odd' }
    ]
  };
  expect(readCode(JSON.stringify(session), JSON.stringify(lineage))).toEqual({
    cells: [
      { order: 0, name: 'In [3]', source: 'import x', isRun: false },
      { order: 2, name: 'cell 3', source: '%%track\nfit()', isRun: true }
    ],
    findings: ['In [3] was edited since.'],
    others: 1
  });
});

test.each([
  ['{', '{}'],
  ['{}', 'x']
])('of %j and %j there is no code', (session, lineage) => {
  expect(readCode(session, lineage)).toBeNull();
});

test('what files of others say wrongly is left out', () => {
  const session = { sources: 3, cells: [null, { order: 'a' }, { order: 0 }] };
  const lineage = { slice: [0, 'a'], targets: null, findings: 'many' };
  expect(
    readCode(JSON.stringify(session), JSON.stringify(lineage))?.cells
  ).toEqual([]);
});
