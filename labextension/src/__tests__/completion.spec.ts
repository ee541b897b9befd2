// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';

import { CompletionModel } from '../models/list/completion';
import { spotAt } from '../models/list/filterSpot';
import { RecentFilters } from '../models/list/recentFilters';
import { withSuggestion } from '../models/list/suggestions';
import type { FieldKind, FieldRow } from '../wire';
import { FakeServer } from './support';

const TEXT = ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'];
const NUMBER = ['=', '!=', '>', '>=', '<', '<='];

function field(kind: FieldKind, key: string, runs: number | null): FieldRow {
  const isMetric = kind === 'metrics';
  return {
    field: `${kind}.${key.includes(' ') ? `\`${key}\`` : key}`,
    kind,
    key,
    type: isMetric ? 'number' : 'text',
    operators: isMetric ? NUMBER : TEXT,
    runs
  };
}

const STATUS: FieldRow = {
  ...field('attributes', 'status', null),
  operators: ['=', '!=', 'IN', 'NOT IN']
};
const FIELDS = [
  STATUS,
  field('params', 'model', 9),
  field('params', 'l1 ratio', 2),
  field('metrics', 'loss', 9),
  field('tags', 'mlflow.user', 9)
];

let server: FakeServer;
let model: CompletionModel;

beforeEach(() => {
  server = new FakeServer();
  const summaries = [
    { name: 'min', type: 'number' as const, operators: NUMBER }
  ];
  server.known = { fields: FIELDS, summaries };
  server.knownValues = {
    'params.model': [
      { value: "'ridge'", runs: 3, note: null },
      { value: '"it\'s"', runs: 1, note: null }
    ]
  };
  model = new CompletionModel(server);
});

/** Return what is offered where `|` stands. */
async function offered(marked: string): Promise<string[]> {
  const cursor = marked.indexOf('|');
  await model.suggest('', marked.replace('|', ''), cursor);
  await new Promise(resolve => window.setTimeout(resolve, 150));
  return model.suggestions.map(({ label }) => label);
}

test.each([
  ['|', 'field', ''],
  ['lo|', 'field', 'lo'],
  ['metrics.loss |', 'operator', ''],
  ['metrics.loss|', 'field', 'metrics.loss'],
  ['metrics.loss <|', 'operator', '<'],
  ['metrics.loss < |', 'value', ''],
  ['metrics.loss < 0.|', 'value', '0.'],
  ['metrics.loss < 0.5 |', 'join', ''],
  ["params.`l1 ratio` = 'x' AND NOT (pa|", 'field', 'pa'],
  ["params.model = 'ri|", 'value', "'ri"],
  ["params.model = 'ridge'|", 'join', ''],
  ['params.model IS |', 'operator', ''],
  ['params.model IS NOT NULL |', 'join', ''],
  ['status NOT IN (|', 'value', ''],
  ["status IN ('FAILED', |", 'value', ''],
  ["status IN ('FAILED') |", 'join', ''],
  ['start_time > now - 1d |', 'join', ''],
  ["a = '' AND b| = 'x'", 'field', 'b']
])('at %s a filter expects a %s', (marked, expected, typed) => {
  const cursor = marked.indexOf('|');
  const spot = spotAt(marked.replace('|', ''), cursor);
  expect([spot.expected, spot.typed]).toEqual([expected, typed]);
});

test('names are offered by any part, those of people first', async () => {
  expect(await offered('|')).toEqual([
    'metrics.loss',
    'params.model',
    'params.`l1 ratio`',
    'attributes.status',
    'tags.mlflow.user'
  ]);
  expect(await offered('rat|')).toEqual(['params.`l1 ratio`']);
  expect(await offered('params.|')).toHaveLength(2);
  expect(await offered('xyz|')).toEqual([]);
  expect(await offered('metrics.loss.m|')).toEqual(['metrics.loss.min']);
});

test('operators are those of the field', async () => {
  expect(await offered('metrics.loss |')).toEqual(NUMBER);
  expect(await offered('metrics.loss.min <|')).toEqual(['<', '<=']);
  expect(await offered('params.model l|')).toEqual(['LIKE']);
  expect(await offered('params.model IS |')).toEqual([
    'IS NULL',
    'IS NOT NULL'
  ]);
  expect(await offered('status n|')).toEqual(['NOT IN']);
  expect(await offered('unknown.x |')).toEqual([]);
});

test('values are asked for, once, and offered as they are written', async () => {
  expect(await offered('params.model = |')).toEqual(["'ridge'", '"it\'s"']);
  expect(await offered("params.model = 'rid|")).toEqual(["'ridge'"]);
  expect(await offered('params.model = |')).toHaveLength(2);
  expect(server.valuesAsked).toEqual([
    ['params.model', ''],
    ['params.model', 'rid']
  ]);
});

test('what is chosen takes the place of the word at the cursor', async () => {
  const put = async (marked: string, choose: string) => {
    await offered(marked);
    const found = model.suggestions.find(({ label }) => label === choose);
    const { text, cursor } = withSuggestion(
      marked.replace('|', ''),
      model.spot!,
      found!
    );
    return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
  };
  expect(await put('lo|', 'metrics.loss')).toBe('metrics.loss |');
  expect(await put('params.model IS n|', 'IS NOT NULL')).toBe(
    'params.model IS NOT NULL |'
  );
  expect(await put("params.model = 'ri|", "'ridge'")).toBe(
    "params.model = 'ridge' |"
  );
  expect(await put("params.model = 'ridge'|", 'AND')).toBe(
    "params.model = 'ridge' AND |"
  );
  expect(await put('status |', 'IN')).toBe('status IN (|');
  expect(await put('lo| < 1', 'metrics.loss')).toBe('metrics.loss |< 1');
});

test('a question before the names are there is answered with them', async () => {
  void model.suggest('', '', 0);
  await model.suggest('', '', 0);
  expect(model.suggestions).not.toEqual([]);
});

test('names of another store are not offered', async () => {
  await offered('|');
  server.failure = new Error('gone');
  await model.suggest('store:1', '', 0);
  expect(model.suggestions).toEqual([]);
});

test('filters that were used are offered again, each once', () => {
  const recent = new RecentFilters();
  ['a', 'b', ' a ', ''].forEach(filter => recent.add(filter));
  expect(recent.filters).toEqual(['a', 'b']);
  const again = new RecentFilters();
  again.restore(JSON.parse(JSON.stringify(recent)));
  again.restore('nonsense');
  expect(again.filters).toEqual(['a', 'b']);
});
