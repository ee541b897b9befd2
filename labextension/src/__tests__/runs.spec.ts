// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ApiError } from '../errors';
import { RunsModel } from '../models/list/runs';
import type { RunRow } from '../wire';
import { FakeLive, FakeServer, metric, run } from './support';

let server: FakeServer;
let live: FakeLive;
let model: RunsModel;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  live = new FakeLive();
  model = new RunsModel(server, live.asChannels());
});

afterEach(() => {
  model.dispose();
  vi.useRealTimers();
});

/** Let everything happen that is due. */
async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

async function show(runs: RunRow[]): Promise<void> {
  server.runs = runs;
  model.setFolder('study');
  await settle();
}

function many(count: number): RunRow[] {
  return Array.from({ length: count }, (_, i) =>
    run(`r${i}`, { start_time: i })
  );
}

const ids = () => model.state.runs.map(row => row.run_id);

test('the runs of a folder are shown, newest first', async () => {
  await show(many(3));
  expect(ids()).toEqual(['r2', 'r1', 'r0']);
  expect(model.state).toMatchObject({
    total: 3,
    isLoading: false,
    store: { uri: '/study/.tracker' }
  });
});

test('where nothing was recorded yet nothing is searched', async () => {
  server.exists = false;
  await show([]);
  expect(server.searches).toEqual([]);
  expect(model.state).toMatchObject({ isLoading: false, total: 0 });
});

/** Look at these places of the list. */
async function look(first: number, last: number): Promise<void> {
  model.show({ first, last });
  await settle();
}

test('pages are read as one scrolls, each run once', async () => {
  await show(many(450));
  expect(ids()).toHaveLength(100);
  for (let first = 0; first < 450; first += 20) {
    await look(first, first + 20);
  }
  expect(ids()).toEqual(server.runs.map(row => row.run_id).reverse());
  expect(server.searches).toHaveLength(5);
});

test('any place of a long list is read at once, and what is near it', async () => {
  await show(many(5_000));
  await look(2_500, 2_510);
  expect(model.state).toMatchObject({ offset: 2_455, total: 5_000 });
  expect(ids()).toHaveLength(100);
  expect(ids()[0]).toBe('r2544');
  await settle(100);
  await look(4_990, 4_999);
  expect(model.state.offset).toBe(4_900);
  expect(ids()).toContain('r0');
  expect(server.searches).toHaveLength(3);
});

test('the page holds a part of a long list, however long one scrolls', async () => {
  await show(many(5_000));
  for (let first = 0; first < 4_000; first += 40) {
    await look(first, first + 20);
    const { offset, runs } = model.state;
    expect(offset).toBeLessThanOrEqual(first);
    expect(offset + runs.length).toBeGreaterThan(first + 20);
    expect(runs.length).toBeLessThanOrEqual(1_000);
  }
  for (let first = 4_000; first > 0; first -= 40) {
    await look(first, first + 20);
  }
  await look(0, 20);
  expect(model.state.offset).toBe(0);
  expect(ids()[0]).toBe('r4999');
});

test('while an answer is under way only the last place looked at is waited for', async () => {
  await show(many(5_000));
  let open = () => undefined as void;
  server.gate = new Promise(resolve => (open = resolve));
  for (let first = 500; first < 4_500; first += 100) {
    model.show({ first, last: first + 10 });
  }
  server.gate = null;
  open();
  await settle();
  expect(server.searches).toHaveLength(3);
  expect(model.state.offset).toBe(4_355);
});

test('a list whose length costs much is shown before it is counted', async () => {
  server.counts = 'asked';
  await show(many(450));
  const [first, second] = server.searches;
  expect(first).toMatchObject({ count: false, max_results: 100 });
  expect(second).toMatchObject({ max_results: 1 });
  expect(model.state).toMatchObject({ total: 450, isCounted: true });
  expect(server.searches).toHaveLength(2);
});

test('a list that nobody can count is read page by page', async () => {
  server.counts = 'never';
  await show(many(450));
  expect(model.state).toMatchObject({ total: 100, isCounted: false });
  await look(80, 99);
  await look(180, 199);
  expect(model.state.total).toBe(300);
  live.tell(null);
  await settle(400);
  expect(ids()).toHaveLength(300);
  await look(280, 299);
  await look(380, 399);
  expect(model.state).toMatchObject({ total: 450, isCounted: true });
  expect(server.searches.every(({ offset }) => !offset)).toBe(true);
});

test('new runs above what one looks at are counted, once each', async () => {
  await show(many(5_000));
  await look(2_500, 2_510);
  const asked = server.searches.length;
  server.runs.push(run('new', { start_time: 9_999 }));
  live.tell([run('new', { start_time: 9_999, status: 'RUNNING' })]);
  await settle(400);
  expect(model.state.total).toBe(5_001);
  live.tell([run('new', { start_time: 9_999 })]);
  await settle(4_000);
  expect(server.searches).toHaveLength(asked + 1);
});

test('an experiment is chosen', async () => {
  await show([run('a'), run('b', { experiment_id: '2' })]);
  model.setExperiment('2');
  await settle();
  expect(ids()).toEqual(['b']);
  model.setExperiment(null);
  await settle();
  expect(ids()).toEqual(['a', 'b']);
});

test('another list has another number, a changed one has not', async () => {
  await show(many(2));
  const { list } = model.state;
  await model.refresh();
  live.tell([run('r1', { start_time: 1, run_name: 'x' })]);
  expect(model.state.list).toBe(list);
  model.setFilter('name');
  await settle();
  expect(model.state.list).not.toBe(list);
});

test('only the answer to what was asked last is shown', async () => {
  await show([run('a', { run_name: 'alpha' }), run('b', { run_name: 'beta' })]);
  let open = () => undefined as void;
  server.gate = new Promise(resolve => (open = resolve));
  model.setFilter('alpha');
  await settle();
  server.gate = null;
  model.setFilter('beta');
  await settle();
  open();
  await settle();
  expect(ids()).toEqual(['b']);
});

test('a filter that cannot be understood leaves the list as it is', async () => {
  await show(many(2));
  server.failure = new ApiError('column 3: no', 400, 'INVALID', 3);
  model.setFilter('a = 1');
  await settle();
  expect(model.state.filterError?.column).toBe(3);
  expect(model.state.error).toBeNull();
  expect(ids()).toHaveLength(2);
  server.failure = null;
  model.setFilter('');
  await settle();
  expect(model.state.filterError).toBeNull();
});

test('a failure is told, and gone after the next answer', async () => {
  server.failure = new ApiError('The Jupyter server does not answer.', 0);
  await show([]);
  expect(model.state.error?.isOffline).toBe(true);
  server.failure = null;
  await model.refresh();
  expect(model.state.error).toBeNull();
});

test('new and changed runs appear without a question', async () => {
  await show(many(2));
  const asked = server.searches.length;
  live.tell([run('r9', { start_time: 9, status: 'RUNNING' })]);
  expect(ids()).toEqual(['r9', 'r1', 'r0']);
  expect(model.state.total).toBe(3);
  live.tell([run('r9', { start_time: 9 })]);
  expect(model.state.runs[0].status).toBe('FINISHED');
  await settle(1_000);
  expect(server.searches).toHaveLength(asked);
});

test('counts of experiments follow a new run', async () => {
  await show(many(2));
  server.runs.push(run('r9', { start_time: 9 }));
  live.tell([run('r9', { start_time: 9 })]);
  await settle(400);
  expect(model.state.experiments[0].run_count).toBe(3);
});

test('under a filter the server is asked what matches', async () => {
  await show(many(2));
  model.setFilter('r9');
  await settle();
  server.runs.push(run('r9', { start_time: 9 }));
  live.tell([run('r9', { start_time: 9 })]);
  expect(ids()).toEqual([]);
  await settle(400);
  expect(ids()).toEqual(['r9']);
});

test('what is told while a list is read is not lost', async () => {
  await show(many(1));
  server.runs = [run('r0', { start_time: 0, status: 'RUNNING' })];
  let open = () => undefined as void;
  server.gate = new Promise(resolve => (open = resolve));
  const refresh = model.refresh();
  await settle();
  live.tell([run('r0', { start_time: 0, status: 'KILLED' })]);
  open();
  await refresh;
  expect(model.state.runs[0].status).toBe('KILLED');
});

test('what is told while a part is read stands over an older answer', async () => {
  await show(many(300));
  const named = (run_name: string) =>
    run('r150', { start_time: 150, run_name });
  let open = () => undefined as void;
  server.gate = new Promise(resolve => (open = resolve));
  model.show({ first: 145, last: 155 });
  await settle();
  live.tell([named('told')]);
  server.gate = null;
  open();
  await settle();
  const shown = () => model.state.runs.find(row => row.run_id === 'r150');
  expect(shown()?.run_name).toBe('told');
  expect(model.state.total).toBe(300);
});

test('what was told before a part is read does not stand over a newer answer', async () => {
  await show(many(300));
  live.tell([run('r150', { start_time: 150, run_name: 'told' })]);
  server.runs = server.runs.map(row =>
    row.run_id === 'r150' ? { ...row, run_name: 'read' } : row
  );
  await look(145, 155);
  const shown = model.state.runs.filter(row => row.run_id === 'r150');
  expect(shown.map(row => row.run_name)).toEqual(['read']);
});

test('a run that is deleted while its part is read does not come back', async () => {
  await show(many(300));
  let open = () => undefined as void;
  server.gate = new Promise(resolve => (open = resolve));
  model.show({ first: 145, last: 155 });
  await settle();
  live.tell([run('r150', { start_time: 150, lifecycle_stage: 'deleted' })]);
  server.gate = null;
  open();
  await settle();
  expect(ids()).not.toContain('r150');
  expect(ids()).toContain('r149');
});

test('a slow server still finishes its answers while much changes', async () => {
  await show(many(1));
  model.setFilter('r');
  await settle();
  server.runs = many(2);
  let open = () => undefined as void;
  server.gate = new Promise(resolve => (open = resolve));
  for (let i = 0; i < 10; i++) {
    live.tell([run('r0', { start_time: 0 })]);
    await settle(400);
  }
  open();
  await settle();
  expect(ids()).toEqual(['r1', 'r0']);
});

test('after too many changes what is on the screen is read again', async () => {
  await show(many(450));
  await look(300, 320);
  server.runs = server.runs.slice(0, 420);
  live.tell(null);
  await settle(400);
  expect(model.state.total).toBe(420);
  expect(ids()).toContain('r100');
  await look(410, 419);
  expect(ids()).toContain('r0');
});

test('a folder with the same store changes nothing', async () => {
  await show(many(2));
  const told = vi.fn();
  model.storeChanged.connect(told);
  const { list } = model.state;
  model.setFolder('study/deeper');
  expect(ids()).toHaveLength(2);
  await settle();
  expect(told).not.toHaveBeenCalled();
  expect(model.state.list).toBe(list);
});

test('a folder with another store is another list', async () => {
  await show(many(2));
  const told = vi.fn();
  model.storeChanged.connect(told);
  server.uri = '/other/.tracker';
  server.runs = [run('z')];
  model.setFolder('other');
  await settle();
  expect(told).toHaveBeenCalledOnce();
  expect(ids()).toEqual(['z']);
});

test('the channel is held only while somebody looks', async () => {
  await show([]);
  expect(live.holders).toBe(0);
  model.setActive(true);
  expect(live.holders).toBe(1);
  model.setFolder('elsewhere');
  expect(live.holders).toBe(1);
  model.setActive(false);
  expect(live.holders).toBe(0);
});

test('the metric shown is the chosen one, else the preferred, else the most common', async () => {
  const metrics = { loss: metric(1), acc: metric(1) };
  await show([
    run('a', { metrics }),
    run('b', { metrics: { loss: metric(2) } })
  ]);
  expect(model.state.metricKeys).toEqual(['loss', 'acc']);
  expect(model.state.metric).toBe('loss');
  model.setDefaultMetric('acc');
  expect(model.state.metric).toBe('acc');
  model.setDefaultMetric('unheard of');
  expect(model.state.metric).toBe('loss');
  model.setMetric('acc');
  expect(model.state.metric).toBe('acc');
});
