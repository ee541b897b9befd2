import { expect, test } from 'vitest';

import {
  cellGroups,
  countCells,
  hunksOf,
  linesOf
} from '../models/pair/lineDiff';
import { pairPictures, panned, scaled, WHOLE } from '../models/pair/pictures';
import type { ComparedCellRow, LineRow } from '../wire';

function line(kind: LineRow['kind']): LineRow {
  const side = [{ text: 'x', is_changed: false }];
  return { kind, left: side, right: side, left_number: 1, right_number: 1 };
}

function cell(
  kind: ComparedCellRow['kind'],
  change: Partial<ComparedCellRow> = {}
): ComparedCellRow {
  const source = {
    cell_id: null,
    execution_count: 1,
    order: 0,
    source: 'a\nb'
  };
  return {
    kind,
    is_moved: false,
    left: kind === 'added' ? null : source,
    right: kind === 'removed' ? null : source,
    lines: [],
    ...change
  };
}

test('equal lines far from any difference are folded, those near one are not', () => {
  const equal = Array.from({ length: 20 }, () => line('equal'));
  const hunks = hunksOf([...equal, line('changed'), ...equal.slice(0, 5)]);
  expect(hunks.map(({ isFolded, lines }) => [isFolded, lines.length])).toEqual([
    [true, 17],
    [false, 7],
    [false, 2]
  ]);
});

test('cells that are equal and in their place are put together', () => {
  const cells = [
    cell('equal'),
    cell('equal'),
    cell('equal', { is_moved: true }),
    cell('added'),
    cell('equal')
  ];
  expect(cellGroups(cells).map(group => group.kind)).toEqual([
    'equal',
    'other',
    'other',
    'equal'
  ]);
  expect(countCells(cells)).toEqual({
    changed: 0,
    added: 1,
    removed: 0,
    moved: 1,
    equal: 4
  });
});

test('a cell that only one run has is all lines of that kind', () => {
  const lines = linesOf(cell('removed'));
  expect(lines.map(one => [one.kind, one.left_number, one.right])).toEqual([
    ['removed', 1, []],
    ['removed', 2, []]
  ]);
});

test('figures belong together by their order, images by their path', () => {
  const pairs = pairPictures(
    [['f1', 'f2'], ['g1']],
    [['plots/a.png'], ['plots/b.png', 'plots/a.png']],
    number => `Figure ${number}`
  );
  expect(pairs).toEqual([
    { name: 'Figure 1', left: 'f1', right: 'g1' },
    { name: 'Figure 2', left: 'f2', right: null },
    { name: 'plots/a.png', left: 'plots/a.png', right: 'plots/a.png' },
    { name: 'plots/b.png', left: null, right: 'plots/b.png' }
  ]);
});

test('what lies under the pointer stays there, and nothing beyond the edge is seen', () => {
  // The left upper corner of the frame shows the left upper corner of the picture.
  expect(scaled(WHOLE, 2, 0, 0)).toEqual({ scale: 2, x: 0.5, y: 0.5 });
  expect(panned(scaled(WHOLE, 2, 0, 0), 1, -0.25)).toEqual({
    scale: 2,
    x: 0.5,
    y: 0.25
  });
  expect(scaled(scaled(WHOLE, 2, 0, 0), 0.1)).toEqual(WHOLE);
});
