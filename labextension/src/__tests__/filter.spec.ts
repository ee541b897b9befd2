import { expect, test } from 'vitest';

import { inNotebook, toFilter, withoutColumn, wordAt } from '../filter';

test('words without an operator search names, all of them', () => {
  expect(toFilter(' ridge  0.1 ')).toBe(
    "attributes.run_name ILIKE '%ridge%' AND attributes.run_name ILIKE '%0.1%'"
  );
});

test.each([
  'metrics.loss < 0.5',
  "params.model = 'ridge'",
  "attributes.run_name LIKE 'a%'",
  "status in ('FAILED')",
  'tags.stage IS NOT NULL'
])('%s is sent as it is', text => {
  expect(toFilter(text)).toBe(text);
});

test('words that only contain the letters of an operator are words', () => {
  expect(toFilter('likely')).toBe("attributes.run_name ILIKE '%likely%'");
  expect(toFilter('inception')).toBe("attributes.run_name ILIKE '%inception%'");
});

test('nothing typed is no filter', () => {
  expect(toFilter('  ')).toBe('');
});

test('a quote in a name is quoted by the other kind', () => {
  expect(toFilter("ada's")).toBe(`attributes.run_name ILIKE "%ada's%"`);
  expect(toFilter(`a'b"c`)).toBe(`attributes.run_name ILIKE "%a'b_c%"`);
});

test.each([
  ["metrics.loss < 0.1 AND parms.lr = '1'", 24, 'parms.lr'],
  ["params.a = 'x y'", 12, "'x y'"],
  ['metrics.loss << 1', 14, '<<'],
  ['tags.`a b` = 1', 1, 'tags.'],
  ['🐙 = 1 AND x', 3, '='],
  ['metrics.loss <', 15, '']
])('in %s the word at column %i is %s', (text, column, word) => {
  expect(text.slice(...wordAt(text, column))).toBe(word);
});

test('the place of an error is not told twice', () => {
  expect(withoutColumn('column 12: no such prefix')).toBe('no such prefix');
});

const NAME = 'tags.mlflow.source.name';

test.each([
  ['', `${NAME} = 'b.ipynb'`],
  ['x = 1', `x = 1 AND ${NAME} = 'b.ipynb'`],
  ['x = 1 or y', `(x = 1 or y) AND ${NAME} = 'b.ipynb'`]
])('the filter %j is narrowed to a notebook', (filter, expected) => {
  expect(inNotebook(filter, 'a/b.ipynb', '/srv/a/.tracker')).toBe(expected);
});

test.each([
  ['a/b/c.ipynb', '/srv/a/.tracker', `= 'b/c.ipynb'`],
  ['a/b/c.ipynb', 'sqlite:////srv/a/b/.tracker/tracker.db', `= 'c.ipynb'`],
  ['a/c.ipynb', '/srv/.tracker', `LIKE '%a/c.ipynb'`],
  ['a/c.ipynb', 'https://mlflow.example.org', `LIKE '%a/c.ipynb'`],
  ['c.ipynb', '/srv/.tracker', `LIKE '%c.ipynb'`]
])('of %s the store %s knows %s', (path, uri, expected) => {
  expect(inNotebook('', path, uri)).toBe(`${NAME} ${expected}`);
});
