// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { CompareModel } from '../models/compare/compare';
import { FakeLive, FakeServer, metric, run } from './support';

let server: FakeServer;
let live: FakeLive;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  live = new FakeLive();
  server.runs = ['a', 'b', 'c'].map((id, i) => run(id, { start_time: i }));
});

afterEach(() => {
  vi.useRealTimers();
});

async function compare(...runIds: string[]): Promise<CompareModel> {
  const channels = live.asChannels();
  const options = { api: server, channels, folder: 'study', maxPoints: 100 };
  const model = new CompareModel({ ...options, runIds });
  await model.load();
  return model;
}

const ids = (model: CompareModel) => model.state.runs.map(row => row.run_id);

test('the runs stand in the order asked for, each once', async () => {
  const model = await compare('a', 'c', 'b', 'a');
  expect(ids(model)).toEqual(['a', 'c', 'b']);
  expect(model.state.experiments.get('1')).toBe('experiment 1');
});

test('runs that are gone are told', async () => {
  const model = await compare('a', 'gone');
  expect([ids(model), model.state.missing]).toEqual([['a'], ['gone']]);
});

test('what cannot be a run id never gets into a filter', async () => {
  const model = await compare('a', "x') OR attributes.run_id IN ('b");
  expect(server.searches[0].filter).toBe("attributes.run_id IN ('a')");
  expect(model.state.missing).toHaveLength(1);
});

test('the runs are followed, others are not', async () => {
  const model = await compare('a', 'b');
  const told = vi.fn();
  model.changed.connect(told);
  live.tell([run('c')]);
  expect(told).not.toHaveBeenCalled();
  live.tell([run('a', { status: 'FAILED' })]);
  expect(model.state.runs.map(row => row.status)).toEqual([
    'FAILED',
    'FINISHED'
  ]);
});

test('after too many changes the runs are read again', async () => {
  const model = await compare('a');
  server.runs = [run('a', { status: 'KILLED' })];
  live.tell(null);
  await vi.advanceTimersByTimeAsync(400);
  expect(model.state.runs[0].status).toBe('KILLED');
});

test('one run less', async () => {
  const model = await compare('a', 'b');
  const told = vi.fn();
  model.runIdsChanged.connect(told);
  model.remove('a');
  expect([ids(model), model.runIds]).toEqual([['b'], ['b']]);
  expect(told).toHaveBeenCalledOnce();
});

test('only points of metrics on the screen and of drawn runs are read', async () => {
  const metrics = { loss: metric(1), acc: metric(1) };
  server.runs = server.runs.map(row => ({ ...row, metrics }));
  const model = await compare('a', 'b');
  expect(server.histories).toEqual([]);
  model.setHidden(['b'], true);
  model.hold('loss');
  expect(server.histories.map(({ series }) => series)).toEqual([
    [{ run_id: 'a', key: 'loss' }]
  ]);
});

test('a failure is told', async () => {
  server.failure = new Error('gone');
  const model = await compare('a');
  expect(model.state.error?.message).toBe('gone');
});

test('nothing is heard after the end', async () => {
  const model = await compare('a');
  model.setActive(true);
  model.dispose();
  live.tell([run('a', { status: 'FAILED' })]);
  expect(model.state.runs[0].status).toBe('FINISHED');
  expect(live.holders).toBe(0);
});

test('points that were asked for ahead are not asked for again', async () => {
  const model = await compare('a', 'b');
  const runs = ['a', 'b'].map(id => run(id, { metrics: { loss: metric(1) } }));
  live.tell(runs);
  model.hold('loss').dispose();
  model.hold('loss');
  await vi.advanceTimersByTimeAsync(0);
  expect(server.histories).toHaveLength(1);
  expect(server.histories[0].series).toHaveLength(2);
});
