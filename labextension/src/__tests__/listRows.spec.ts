// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { BranchesModel, stemKey } from '../models/list/branches';
import { ListLayout } from '../models/list/listLayout';
import type { ListRows } from '../models/list/listRows';
import { listRows, stemOf } from '../models/list/listRows';
import { PARENT_TAG } from '../models/runs/nested';
import { GROUP_VALUE } from '../models/list/order';
import { RunGroupsModel } from '../models/list/runGroups';
import { RunsModel } from '../models/list/runs';
import { FakeLive, FakeServer, metric, run, settled } from './support';

let server: FakeServer;
let live: FakeLive;
let model: RunsModel;
let branches: BranchesModel;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  live = new FakeLive();
  model = new RunsModel(server, live.asChannels());
  branches = new BranchesModel(server, model);
});

afterEach(() => {
  branches.dispose();
  model.dispose();
  vi.useRealTimers();
});

async function settle(ms = 0): Promise<void> {
  await settled();
  await vi.advanceTimersByTimeAsync(ms);
  await settled();
}

function child(id: string, parent: string, start: number) {
  return run(id, { tags: { [PARENT_TAG]: parent }, start_time: start });
}

async function show(): Promise<void> {
  server.runs = [
    run('top', { start_time: 50 }),
    run('sweep', { start_time: 40 }),
    child('second', 'sweep', 42),
    child('first', 'sweep', 41),
    child('leaf', 'second', 43),
    run('last', { start_time: 30 })
  ];
  model.setFolder('');
  await settle();
}

function rows(): ListRows {
  return listRows(model.state, [], branches.open, new Map());
}

function keys(): (string | undefined)[] {
  const { length } = rows();
  return Array.from({ length }, (_, i) => rows().at(i)?.key);
}

test('nested runs are read when their parent is opened, and stand below it', async () => {
  await show();
  expect(server.searches[0].parent).toBe('');
  expect(keys()).toEqual(['top', 'sweep', 'last']);
  const sweep = rows().at(1);
  expect(sweep).toMatchObject({ count: 2, isOpen: false, depth: 0 });
  branches.toggle(stemOf(sweep!)!);
  expect(keys()).toEqual(['top', 'sweep', 'more:run:sweep', 'last']);
  await settle();
  expect(keys()).toEqual(['top', 'sweep', 'second', 'first', 'last']);
  branches.toggle({ kind: 'run', runId: 'second' });
  await settle();
  expect(keys()).toEqual(['top', 'sweep', 'second', 'leaf', 'first', 'last']);
  expect(rows().at(3)).toMatchObject({ depth: 2, count: 0 });
  expect(rows().indexOf('leaf')).toBe(3);
  expect(rows().between(2, 4)).toHaveLength(3);
  branches.toggle({ kind: 'run', runId: 'sweep' });
  expect(keys()).toEqual(['top', 'sweep', 'last']);
});

test('places of the list are told apart from rows below them', async () => {
  await show();
  branches.toggle({ kind: 'run', runId: 'sweep' });
  await settle();
  expect(rows().places(0, 1)).toEqual({ first: 0, last: 1 });
  expect(rows().places(2, 4)).toEqual({ first: 1, last: 2 });
});

test('rows keep their places below a run that is out of sight', async () => {
  await show();
  const places = new Map<string, number>();
  branches.toggle({ kind: 'run', runId: 'sweep' });
  await settle();
  listRows(model.state, [], branches.open, places);
  const far = { ...model.state, offset: 500, total: 1_000 };
  const found = listRows(
    { ...far, runs: [run('far')] },
    [],
    branches.open,
    places
  );
  expect(found.length).toBe(1_002);
  expect(found.at(502)?.key).toBe('far');
  expect(found.at(2)?.key).toBe('second');
  expect(found.at(100)).toBeUndefined();
  expect(found.places(502, 502)).toEqual({ first: 500, last: 500 });
});

test('a nested run that is new is counted, and read where its parent is open', async () => {
  await show();
  branches.toggle({ kind: 'run', runId: 'sweep' });
  await settle();
  const fresh = child('third', 'sweep', 60);
  server.runs.push(fresh);
  live.tell([fresh]);
  expect(keys()).not.toContain('third');
  await settle(1_000);
  expect(keys().slice(0, 3)).toEqual(['top', 'sweep', 'third']);
  expect(rows().at(1)).toMatchObject({ count: 3 });
  live.tell([{ ...fresh, run_name: 'other name' }]);
  expect(rows().at(2)).toMatchObject({ run: { run_name: 'other name' } });
});

test('a search, favourites and groups list nested runs like all others', async () => {
  await show();
  model.setFilter('name');
  await settle();
  expect(server.searches.at(-1)?.parent).toBeUndefined();
  expect(model.state.children).toBeNull();
  model.setFilter('');
  model.setScope({ favouritesOnly: true });
  await settle();
  expect(server.searches.at(-1)).toMatchObject({
    filter: "tags.tracker.favourite = 'true'"
  });
  model.setScope({ favouritesOnly: false, isNested: false });
  await settle();
  expect(server.searches.at(-1)?.parent).toBeUndefined();
});

test('groups are of all runs that match, in the order of the list', async () => {
  const layout = new ListLayout();
  const groups = new RunGroupsModel(server, model, layout);
  const spread = { count: 2, mean: 0.5, std: 0.1 };
  server.answerGroups = () => ({
    groups: [
      { value: '0.1', count: 2, newest: 9, metrics: [spread] },
      { value: null, count: 1, newest: 8, metrics: [null] }
    ],
    total: 2,
    runs: 3,
    is_all: true
  });
  server.runs = [run('a', { metrics: { loss: metric(1) } })];
  model.setFolder('');
  await settle();
  expect(server.groupsAsked).toEqual([]);
  model.setScope({ groupBy: 'param:lr' });
  model.setOrder({ key: 'metric', ascending: true });
  await settle();
  expect(server.groupsAsked.at(-1)).toMatchObject({
    by: { kind: 'param', key: 'lr' },
    metrics: [{ key: 'loss', summary: 'last' }],
    order_by: 'mean',
    ascending: true
  });
  layout.toggleColumn({ kind: 'metric', key: 'loss', summary: 'min' });
  model.setOrder({ key: GROUP_VALUE, ascending: false });
  await settle();
  expect(server.groupsAsked.at(-1)).toMatchObject({
    metrics: [{ summary: 'last' }, { summary: 'min' }],
    order_by: 'value'
  });
  expect(groups.state).toMatchObject({ total: 2, isAll: true });
  const asked = server.groupsAsked.length;
  live.tell([run('b', { start_time: 5_000 })]);
  await settle(2_000);
  expect(server.groupsAsked).toHaveLength(asked + 1);

  const found = listRows(
    model.state,
    groups.state.groups,
    branches.open,
    new Map()
  );
  expect(found.items.map(({ key }) => key)).toEqual([
    'group:"0.1"',
    'group:null'
  ]);
  groups.dispose();
});

test.each([
  ['0.1', "params.`lr` = '0.1'"],
  [null, 'params.`lr` IS NULL'],
  ["it's", 'params.`lr` = "it\'s"']
])('the runs of the group %j are those of its value', async (value, filter) => {
  model.setFolder('');
  model.setScope({ groupBy: 'param:lr' });
  await settle();
  branches.toggle({ kind: 'group', value });
  await settle();
  expect(branches.open.has(stemKey({ kind: 'group', value }))).toBe(true);
  expect(server.searches.at(-1)?.filter).toBe(filter);
});

test('what cannot be read below a row says so, and is read when asked again', async () => {
  await show();
  server.failure = new Error('no answer');
  branches.toggle({ kind: 'run', runId: 'sweep' });
  await settle();
  const [branch] = branches.open.values();
  expect(branch.error?.message).toContain('no answer');
  server.failure = null;
  branches.retry(branch);
  await settle();
  expect(keys()).toContain('first');
});
