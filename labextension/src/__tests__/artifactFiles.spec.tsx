// @vitest-environment happy-dom
import * as React from 'react';
import {
  act,
  cleanup,
  fireEvent,
  render,
  screen
} from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';

import { guarded, HtmlView } from '../components/artifacts/HtmlView';
import { jsonRows } from '../components/artifacts/JsonView';
import { languageOf, viewerKind } from '../components/artifacts/kinds';
import { SurroundingsProvider } from '../components/common/context';
import { readEnvironment } from '../components/run/Environment';
import { modelPaths } from '../components/run/Facts';
import { Filtered } from '../components/run/Filtered';
import { ColorModel } from '../models/runs/colors';
import {
  asFigure,
  asTable,
  figureInHtml,
  undrawn
} from '../models/files/loggedFigures';
import { readBook } from '../models/files/notebookFile';
import { RunPlace } from '../models/run/place';
import { keptTableSource, TableBlocks } from '../models/files/tableBlocks';
import { TextSearch } from '../models/files/textSearch';
import { fileLines, foldersAbove } from '../models/files/tree';
import type { FindAnswer, TableAnswer } from '../wire';
import { settled, trans } from './support';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
afterEach(cleanup);

function show(component: JSX.Element): void {
  const surroundings = { trans, colors: new ColorModel() };
  render(
    <SurroundingsProvider value={surroundings}>
      {component}
    </SurroundingsProvider>
  );
}

test.each([
  ['figures/loss.PNG', 'image'],
  ['a.svg', 'image'],
  ['tables/a.parquet', 'table'],
  ['a.b/c.csv', 'table'],
  ['model/MLmodel', 'model'],
  ['MLproject', 'source'],
  ['run.ipynb', 'notebook'],
  ['page.htm', 'html'],
  ['project/log.txt', 'text'],
  ['README', 'text'],
  ['train.py', 'source'],
  ['model.pkl', 'opaque'],
  ['weights.safetensors', 'opaque'],
  ['clip.mp4', 'video'],
  ['a.constructor', 'opaque'],
  ['__proto__', 'text']
])('%s is shown as %s', (path, kind) => {
  expect(viewerKind(path)).toBe(kind);
});

test('the language of a text is what its name says', () => {
  expect(languageOf('a/train.py')).toBe('python');
  expect(languageOf('model/MLmodel')).toBe('yaml');
  expect(languageOf('notes.txt')).toBeNull();
});

const FIGURE = { data: [{ type: 'bar', y: [1, 2] }], layout: { title: 'a' } };

test('a plotly figure is found in the page that plotly wrote', () => {
  const title = 'tricky ") ] } <\\/script>';
  const figure = { ...FIGURE, layout: { title } };
  const call = `Plotly.newPlot("id-1", ${JSON.stringify(figure.data)}, ${JSON.stringify(figure.layout)}, {"responsive": true})`;
  const html = `<html><body><script src="https://cdn.plot.ly/plotly.js"></script><script>if (document) { ${call} }</script></body></html>`;
  expect(figureInHtml(html)).toEqual(figure);
});

test.each([
  '<p>no figure</p>',
  'Plotly.newPlot(',
  'Plotly.newPlot("a", [1',
  'Plotly.newPlot("a", [{}], evil())',
  'Plotly.newPlot(document.body, [], {})'
])('a page without a figure has none: %s', html => {
  expect(figureInHtml(html)).toBeNull();
});

test('JSON is a figure or a table where it looks like one', () => {
  expect(asFigure(FIGURE)).toEqual(FIGURE);
  expect(asFigure({ data: [1], layout: {} })).toBeNull();
  expect(asFigure({ data: [] })).toBeNull();
  expect(asFigure(null)).toBeNull();
  const table = { columns: ['a'], data: [[1]] };
  expect(asTable(table)).toEqual(table);
  expect(asTable({ columns: ['a'], data: [1] })).toBeNull();
  const surface = { data: [{ type: 'surface' }, {}], layout: {} };
  expect(undrawn(surface)).toEqual(['surface']);
});

test('a notebook is read, whatever its cells hold', () => {
  const book = readBook(
    JSON.stringify({
      metadata: { language_info: { name: 'R' } },
      cells: [
        { cell_type: 'markdown', source: ['# a\n', 'b'] },
        {
          cell_type: 'code',
          source: 'x',
          execution_count: 3,
          outputs: [{ output_type: 'stream', name: 'stdout', text: 'hi' }]
        },
        { cell_type: 'odd', source: 7 },
        null
      ]
    })
  );
  expect(book?.language).toBe('R');
  expect(book?.cells.map(({ kind, source }) => [kind, source])).toEqual([
    ['markdown', '# a\nb'],
    ['code', 'x'],
    ['raw', ''],
    ['raw', '']
  ]);
  expect(book?.cells[1]).toMatchObject({ count: 3, outputs: [{ text: 'hi' }] });
  expect(readBook('{}')).toBeNull();
  expect(readBook('no')).toBeNull();
});

test('the lines of JSON are those that are open', () => {
  const value = { a: [1, 'x'], b: { c: null } };
  const none = new Map<string, number>();
  const ids = (open: string[]) =>
    jsonRows(value, new Set(open), none, String).map(({ id }) => id);
  expect(ids([])).toEqual(['$']);
  expect(ids(['$'])).toEqual(['$', '$/0', '$/1']);
  expect(ids(['$', '$/0'])).toEqual(['$', '$/0', '$/0/0', '$/0/1', '$/1']);
  const many = Array.from({ length: 1_000 }, (_, i) => i);
  const rows = jsonRows(many, new Set(['$']), none, n => `${n} more`);
  expect(rows.length).toBe(202);
});

test('a page runs no scripts until somebody lets it, and never with an origin', () => {
  show(<HtmlView html="<script>1</script>" path="page.html" />);
  const frame = () => screen.getByTitle('page.html');
  expect(frame().getAttribute('sandbox')).toBe('');
  expect(frame().getAttribute('srcdoc')).toContain("default-src 'none'");
  expect(frame().getAttribute('srcdoc')).not.toContain('script-src');
  fireEvent.click(screen.getByRole('button', { name: 'Run its scripts' }));
  expect(frame().getAttribute('sandbox')).toBe('allow-scripts');
  expect(frame().getAttribute('srcdoc')).not.toContain('connect-src');
  expect(guarded('<p>', 'policy').indexOf('policy')).toBeLessThan(
    guarded('<p>', 'policy').indexOf('<p>')
  );
});

test('the tree shows the folders that are open, and why one shows nothing', () => {
  const file = (path: string, is_dir = false) => ({
    path,
    is_dir,
    file_size: is_dir ? null : 1
  });
  const folders: Record<string, object> = {
    '': { files: [file('a', true), file('b', true), file('x')], error: null },
    a: { files: [file('a/c')], error: null }
  };
  const model = { folder: (path: string) => folders[path] as never };
  const paths = (open: string[]) =>
    fileLines(model, new Set(open)).map(line => [line.file.path, line.depth]);
  expect(paths([])).toEqual([
    ['a', 0],
    ['b', 0],
    ['x', 0]
  ]);
  expect(paths(['a', 'b'])).toEqual([
    ['a', 0],
    ['a/c', 1],
    ['b', 0],
    ['b/', 1],
    ['x', 0]
  ]);
  expect(foldersAbove('a/b/c.txt')).toEqual(['a', 'a/b']);
});

test('of a table the rows that are looked at are read, in blocks', async () => {
  const asked: number[] = [];
  const blocks = new TableBlocks(({ row, rows }) => {
    asked.push(row);
    const answer: TableAnswer = {
      path: '',
      columns: [{ name: 'i', type: null }],
      first_column: 0,
      total_columns: 1,
      rows: Array.from({ length: rows }, (_, i) => [String(row + i)]),
      first_row: row,
      total_rows: 1_000_000,
      is_complete: false,
      note: null
    };
    return Promise.resolve(answer);
  });
  blocks.want(0, 0);
  blocks.want(0, 0);
  await settled();
  expect(asked).toEqual([0]);
  blocks.want(500_050, 500_120);
  await settled();
  expect(asked).toEqual([0, 500_000, 500_100]);
  expect(blocks.row(500_120)).toEqual(['500120']);
  expect(blocks.row(7_000)).toBeUndefined();
  blocks.want(500_050, 500_120);
  expect(asked.length).toBe(3);
});

test('a table that is refused is not asked for again and again', async () => {
  const source = vi.fn(() => Promise.reject(new Error('broken')));
  const blocks = new TableBlocks(source);
  blocks.want(0, 0);
  await settled();
  blocks.want(0, 0);
  await settled();
  expect(blocks.error?.message).toBe('broken');
  expect(source).toHaveBeenCalledTimes(1);
});

test('a table in memory is a source like any other', async () => {
  const data = [[1, null, { a: 1 }]];
  const source = keptTableSource({ columns: ['a', 'b', 'c'], data });
  const window = { row: 0, rows: 10, column: 1, columns: 2 };
  const answer = await source(window, new AbortController().signal);
  expect(answer.rows).toEqual([[null, '{"a":1}']]);
  expect(answer.total_columns).toBe(3);
});

test('a search goes on until the end of the file, and around', async () => {
  const answers: FindAnswer[] = [
    { path: '', size: 9, found: [], next: 5 },
    {
      path: '',
      size: 9,
      found: [5, 7].map(offset => ({
        offset,
        before: '',
        match: 'x',
        after: ''
      })),
      next: null
    }
  ];
  const asked: number[] = [];
  const search = new TextSearch((_, offset) => {
    asked.push(offset);
    return Promise.resolve(answers[asked.length - 1]);
  });
  await search.look('x');
  expect(asked).toEqual([0, 5]);
  expect(search.state).toMatchObject({
    found: [5, 7],
    current: 5,
    isComplete: true
  });
  search.step(-1);
  expect(search.state.current).toBe(7);
  search.step(1);
  expect(search.state.current).toBe(5);
  await search.look('');
  expect(search.state.found).toEqual([]);
});

test('a long table is searched, a short one is not', () => {
  const entries = Array.from({ length: 300 }, (_, i) => `param ${i}`);
  const list = (shown: readonly string[]) => (
    <ul>
      {shown.map(text => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
  show(
    <Filtered entries={entries} textOf={text => text} label="params">
      {list}
    </Filtered>
  );
  expect(screen.getAllByRole('listitem').length).toBe(200);
  fireEvent.click(screen.getByRole('button', { name: 'Show 100 more' }));
  expect(screen.getAllByRole('listitem').length).toBe(300);
  const box = screen.getByRole('searchbox', { name: 'Search params' });
  act(() => {
    fireEvent.change(box, { target: { value: 'PARAM 29' } });
  });
  expect(screen.getAllByRole('listitem').length).toBe(11);
  cleanup();
  show(
    <Filtered entries={['a']} textOf={text => text} label="params">
      {list}
    </Filtered>
  );
  expect(screen.queryByRole('searchbox')).toBeNull();
});

test('what was kept of environment and models is read with care', () => {
  const text = JSON.stringify({
    python: '3.11.7',
    memory_bytes: 25_000_000_000,
    odd: { a: 1 },
    distributions: { numpy: '2.0', attrs: 3 }
  });
  expect(readEnvironment(text)).toEqual({
    facts: [
      ['python', '3.11.7'],
      ['memory', '25.0 GB']
    ],
    packages: [
      ['attrs', '3'],
      ['numpy', '2.0']
    ]
  });
  expect(readEnvironment('[')).toBeNull();
  expect(readEnvironment('null')).toEqual({ facts: [], packages: [] });
  const history = JSON.stringify([
    { artifact_path: 'model' },
    { artifact_path: 'model' },
    null,
    3
  ]);
  expect(modelPaths(history)).toEqual(['model']);
  expect(modelPaths('no')).toEqual([]);
});

test('whoever is sent to a place gets there once', () => {
  const place = new RunPlace(null, 'a.txt');
  const heard = vi.fn();
  place.changed.connect(heard);
  place.choose('a.txt');
  expect(heard).not.toHaveBeenCalled();
  place.go('artifacts', 'b.txt');
  expect([place.path, place.wanted?.section]).toEqual(['b.txt', 'artifacts']);
  expect(heard).toHaveBeenCalledTimes(1);
});
