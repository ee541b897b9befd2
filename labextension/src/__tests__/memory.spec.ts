// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';

import { ListMemory } from '../models/list/memory';
import { RunsModel } from '../models/list/runs';
import { SelectionModel } from '../models/runs/selection';
import { FakeLive, FakeServer, metric, run, settled } from './support';

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  const metrics = { acc: metric(1), loss: metric(1) };
  server.runs = [
    run('a', { metrics }),
    run('b', { experiment_id: '2', metrics })
  ];
});

function page() {
  const runs = new RunsModel(server, new FakeLive().asChannels());
  const selection = new SelectionModel();
  return { runs, selection, memory: new ListMemory(runs, selection) };
}

async function keptAfterUse(): Promise<unknown> {
  const { runs, selection, memory } = page();
  const told = vi.fn();
  memory.changed.connect(told);
  runs.setFolder('study');
  await settled();
  runs.setExperiment('2');
  runs.setMetric('loss');
  selection.toggle('b');
  await settled();
  expect(told).toHaveBeenCalled();
  return JSON.parse(JSON.stringify(memory)) as unknown;
}

test('experiment, metric and ticks survive a reload', async () => {
  const saved = await keptAfterUse();
  const { runs, selection, memory } = page();
  memory.restore(saved);
  runs.setFolder('study');
  await settled();
  expect(runs.state).toMatchObject({ experimentId: '2', metric: 'loss' });
  expect(selection.runIds).toEqual(['b']);
});

test('what was kept may also arrive after the list', async () => {
  const saved = await keptAfterUse();
  const { runs, selection, memory } = page();
  runs.setFolder('study');
  await settled();
  memory.restore(saved);
  expect(selection.runIds).toEqual(['b']);
});

test('another store is not touched', async () => {
  const saved = await keptAfterUse();
  server.uri = '/other/.tracker';
  const { runs, selection, memory } = page();
  memory.restore(saved);
  runs.setFolder('other');
  await settled();
  expect(runs.state.experimentId).toBeNull();
  expect(selection.runIds).toEqual([]);
});

test('an experiment that is gone is not chosen', async () => {
  const saved = await keptAfterUse();
  server.runs = [run('a')];
  const { runs, memory } = page();
  memory.restore(saved);
  runs.setFolder('study');
  await settled();
  expect(runs.state.experimentId).toBeNull();
});

test.each([null, 'x', {}, { uri: 3 }, { uri: '/study/.tracker', runIds: [5] }])(
  'what cannot have been kept is left out: %j',
  async saved => {
    const { runs, selection, memory } = page();
    memory.restore(saved);
    runs.setFolder('study');
    await settled();
    expect(selection.runIds).toEqual([]);
  }
);
