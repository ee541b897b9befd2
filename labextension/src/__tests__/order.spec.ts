// @vitest-environment happy-dom
import { expect, test } from 'vitest';

import type { Order } from '../models/list/order';
import { NEWEST, toOrderBy } from '../models/list/order';
import { RunsModel } from '../models/list/runs';
import { FakeLive, FakeServer, metric, run, settled } from './support';

test.each<[Order, string | null, string[]]>([
  [NEWEST, 'loss', []],
  [
    { key: 'start_time', ascending: true },
    'loss',
    ['attributes.start_time ASC']
  ],
  [
    { key: 'run_name', ascending: true },
    'loss',
    ['attributes.run_name ASC', 'attributes.start_time DESC']
  ],
  [
    { key: 'metric', ascending: false },
    'val/loss',
    ['metrics.`val/loss` DESC', 'attributes.start_time DESC']
  ],
  [
    { key: 'metric', ascending: true },
    'odd`name',
    ['metrics."odd`name" ASC', 'attributes.start_time DESC']
  ],
  [{ key: 'metric', ascending: true }, null, []]
])('%j by %s is %j', (order, key, expected) => {
  expect(toOrderBy(order, key)).toEqual(expected);
});

test('a list that is sorted by a metric keeps to that metric', async () => {
  const server = new FakeServer();
  server.runs = [run('a', { metrics: { loss: metric(1) } })];
  const model = new RunsModel(server, new FakeLive().asChannels());
  model.setFolder('');
  await settled();
  model.setOrder({ key: 'metric', ascending: true });
  await settled();
  expect(server.searches.at(-1)?.order_by?.[0]).toBe('metrics.`loss` ASC');
  model.setMetric('accuracy');
  await settled();
  expect(server.searches.at(-1)?.order_by?.[0]).toBe('metrics.`accuracy` ASC');
  model.dispose();
});

test('a run that is new in a sorted list is placed by the server', async () => {
  const server = new FakeServer();
  const live = new FakeLive();
  server.runs = [run('a')];
  const model = new RunsModel(server, live.asChannels());
  model.setFolder('');
  model.setOrder({ key: 'duration', ascending: false });
  await settled();
  live.tell([run('b')]);
  expect(model.state.runs.map(row => row.run_id)).toEqual(['a']);
  model.dispose();
});

test('the list follows the notebook in front, where it is about it', async () => {
  const server = new FakeServer();
  const model = new RunsModel(server, new FakeLive().asChannels());
  model.setNotebook('one.ipynb');
  model.setFolder('');
  await settled();
  expect(server.searches.at(-1)?.filter).toBeUndefined();
  model.setScope({ notebookOnly: true });
  await settled();
  expect(server.searches.at(-1)?.filter).toContain('one.ipynb');
  model.setNotebook('two.ipynb');
  await settled();
  expect(server.searches.at(-1)?.filter).toContain('two.ipynb');
  model.setNotebook(null);
  await settled();
  expect(server.searches.at(-1)?.filter).toBeUndefined();
  model.dispose();
});
