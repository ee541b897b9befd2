import { expect, test } from 'vitest';

import { columnWidth, fittingColumns } from '../components/runs/columnNames';
import { nextOrder, sortKeyOf } from '../components/runs/SortHeader';
import type { ListColumn } from '../models/list/listColumns';
import {
  columnId,
  columnOf,
  columnText,
  knownKeys,
  sortField
} from '../models/list/listColumns';
import { ListLayout } from '../models/list/listLayout';
import { GROUP_COUNT, NEWEST, toOrderBy } from '../models/list/order';
import { metric, run } from './support';

const COLUMNS: [ListColumn, string, string][] = [
  [
    { kind: 'metric', key: 'a:b', summary: 'min' },
    'metric:min:a:b',
    'metrics.`a:b`.min'
  ],
  [
    { kind: 'metric', key: 'loss', summary: 'last' },
    'metric:last:loss',
    'metrics.`loss`'
  ],
  [{ kind: 'param', key: 'lr' }, 'param:lr', 'params.`lr`'],
  [{ kind: 'tag', key: 'odd`one' }, 'tag:odd`one', 'tags."odd`one"'],
  [{ kind: 'run', key: 'user' }, 'run:user', 'attributes.user_id']
];

test.each(COLUMNS)('%j has a name and a field', (column, id, field) => {
  expect(columnId(column)).toBe(id);
  expect(columnOf(id)).toEqual(column);
  expect(sortField(column)).toBe(field);
  expect(toOrderBy({ key: id, ascending: true }, null)[0]).toBe(`${field} ASC`);
});

test.each(['', 'param:', 'metric:mean:loss', 'metric:last', 'run:colour', 'x'])(
  '%j is no column',
  id => {
    expect(columnOf(id)).toBeNull();
  }
);

test('what only groups have sorts no runs, and no field is named twice', () => {
  expect(toOrderBy({ key: GROUP_COUNT, ascending: false }, 'loss')).toEqual([]);
  expect(toOrderBy({ key: 'run:age', ascending: true }, null)).toEqual([
    'attributes.start_time ASC'
  ]);
});

test('a click sorts the usual way first, another one the other way round', () => {
  const loss: ListColumn = { kind: 'metric', key: 'loss', summary: 'last' };
  const score: ListColumn = { ...loss, key: 'accuracy' };
  const age: ListColumn = { kind: 'run', key: 'age' };
  const first = nextOrder(NEWEST, sortKeyOf(loss), loss);
  expect(first).toEqual({ key: 'metric:last:loss', ascending: true });
  expect(nextOrder(first, sortKeyOf(loss), loss).ascending).toBe(false);
  expect(nextOrder(NEWEST, sortKeyOf(score), score).ascending).toBe(false);
  expect(nextOrder(NEWEST, sortKeyOf(age), age)).toEqual({
    key: 'start_time',
    ascending: true
  });
});

test('columns stand below each other as far as there is room', () => {
  const columns = COLUMNS.map(([column]) => column);
  expect(fittingColumns(columns, 280, true)).toBe(0);
  const two = columnWidth(columns[0]) + columnWidth(columns[1]);
  expect(fittingColumns(columns, 32 + 200 + two, false)).toBe(2);
  expect(fittingColumns(columns, 32 + 200 + two - 1, false)).toBe(1);
  expect(fittingColumns(columns, 2_000, true)).toBe(columns.length);
});

test('the keys of runs are known, the common ones first, and no tool’s own', () => {
  const runs = [
    run('a', { params: { lr: '1' }, tags: { 'mlflow.user': 'x', kind: 'k' } }),
    run('b', { params: { depth: '2', lr: '2' }, metrics: { loss: metric(1) } })
  ];
  expect(knownKeys(runs)).toEqual({
    metrics: ['loss'],
    params: ['lr', 'depth'],
    tags: ['kind']
  });
  const source = { 'mlflow.source.name': 'train.py' };
  const column: ListColumn = { kind: 'run', key: 'source' };
  expect(columnText(run('c', { tags: source }), column)).toBe('train.py');
});

test('columns are chosen, moved and remembered', () => {
  const layout = new ListLayout();
  const lr: ListColumn = { kind: 'param', key: 'lr' };
  layout.toggleColumn(lr);
  layout.moveColumn(lr, -2);
  layout.toggleColumn({ kind: 'run', key: 'age' });
  layout.setGroupBy('tag:kind');
  layout.setGroupBy('metric:last:loss');
  layout.setNested(false);
  const next = new ListLayout();
  next.restore(JSON.parse(JSON.stringify(layout)));
  expect(next.toJSON()).toEqual({
    columns: ['param:lr', 'run:duration'],
    groupBy: 'tag:kind',
    isNested: false
  });
});

test('what is no layout is left out', () => {
  const layout = new ListLayout();
  layout.restore({ columns: ['x', 3, 'param:a'], groupBy: 'x', isNested: 1 });
  expect(layout.toJSON()).toEqual({
    columns: ['param:a'],
    groupBy: '',
    isNested: true
  });
});

test('a column is as wide as its head needs, within reason', () => {
  const width = (key: string, summary: 'last' | 'min' = 'last') =>
    columnWidth({ kind: 'metric', key, summary });
  expect(width('loss')).toBe(84);
  expect(width('loss', 'min')).toBe(96);
  expect(width('val/accuracy')).toBe(110);
  expect(width('a'.repeat(80))).toBe(168);
});
