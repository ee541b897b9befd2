import { expect, test } from 'vitest';

import { figureCode } from '../models/charts/figures';
import type { Section } from '../models/compare/table';
import {
  arranged,
  isTableLayout,
  USUAL_LAYOUT,
  withHidden,
  withMoved,
  withPinned
} from '../models/compare/tableLayout';

function section(kind: 'param' | 'metric', ...keys: string[]): Section {
  return {
    kind,
    label: kind,
    rows: keys.map(key => ({
      kind,
      key,
      label: key,
      cells: [],
      differs: true,
      direction: null
    }))
  };
}

const SECTIONS = [section('param', 'a', 'b', 'c'), section('metric', 'a', 'm')];

const keysOf = (sections: readonly Section[]) =>
  sections.map(({ label, rows }) => [label, ...rows.map(({ key }) => key)]);

test('rows are pinned, hidden and moved, and sections without any go', () => {
  let layout = withPinned(USUAL_LAYOUT, 'metric:m', true);
  layout = withHidden(layout, ['metric:a'], true);
  layout = withMoved(layout, ['param:a', 'param:b', 'param:c'], 'param:c', 0);
  expect(keysOf(arranged(SECTIONS, layout, 'pinned'))).toEqual([
    ['pinned', 'm'],
    ['param', 'c', 'a', 'b']
  ]);
  layout = withHidden(
    withPinned(layout, 'metric:m', false),
    ['metric:a'],
    false
  );
  expect(keysOf(arranged(SECTIONS, layout, 'pinned'))).toEqual([
    ['param', 'c', 'a', 'b'],
    ['metric', 'a', 'm']
  ]);
  expect(isTableLayout(JSON.parse(JSON.stringify(layout)))).toBe(true);
});

test('pinned rows are moved among themselves', () => {
  const ids = ['param:a', 'param:b'];
  const layout = ids.reduce(
    (all, id) => withPinned(all, id, true),
    USUAL_LAYOUT
  );
  expect(withMoved(layout, ids, 'param:b', 0).pinned).toEqual([
    'param:b',
    'param:a'
  ]);
});

test.each([
  [null],
  [{ hidden: 'x' }],
  [{ ...USUAL_LAYOUT, widths: { a: 'b' } }]
])('what cannot be a layout is none: %j', saved => {
  expect(isTableLayout(saved)).toBe(false);
});

test('names are Python text in the code of a chart, whatever they are', () => {
  const key = '"""\n\\ {x} \u2028';
  const code = figureCode(
    { kind: 'bars', metric: key },
    { storeUri: 'C:\\runs', runs: [{ runId: 'r', color: '#123456' }] }
  );
  expect(code).toContain('client = tracker.Client("C:\\\\runs")');
  expect(code).toContain(
    'run.data.metrics.get("\\"\\"\\"\\n\\\\ {x} \\u2028")'
  );
});
