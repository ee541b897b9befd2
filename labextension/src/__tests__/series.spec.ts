// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { SeriesModel } from '../models/charts/series';
import type { HistoryRequest, SeriesRow } from '../wire';
import { FakeServer, metric, run, settled } from './support';

let server: FakeServer;
let series: SeriesModel;
/** The points that the server has of every series: [step, value]. */
let points: [number, number][];

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  server.answerHistory = answer;
  series = new SeriesModel(server, 'study', 4);
  points = [];
});

afterEach(() => {
  series.dispose();
  vi.useRealTimers();
});

function answer({ series: asked }: HistoryRequest) {
  return {
    series: asked.map(({ run_id, key, since = 0 }): SeriesRow => {
      const sent = points.slice(since);
      return {
        run_id,
        key,
        since,
        steps: sent.map(([step]) => step),
        timestamps: sent.map(([step]) => 1_000 + step),
        values: sent.map(([, value]) => (Number.isNaN(value) ? 'NaN' : value)),
        total: points.length,
        cursor: points.length
      };
    })
  };
}

function log(...more: [number, number][]) {
  points.push(...more);
  return run('a', { metrics: { loss: metric(0, { count: points.length }) } });
}

async function want(row: ReturnType<typeof run>): Promise<void> {
  series.want([row], ['loss']);
  await settled();
}

const shown = () => series.get('a', 'loss')?.values;

test('points are read once, and then only what is new', async () => {
  await want(log([0, 3], [1, 2]));
  expect(shown()).toEqual([3, 2]);
  await want(log());
  expect(server.histories).toHaveLength(1);
  await want(log([2, 1]));
  expect(server.histories[1].series).toEqual([
    { run_id: 'a', key: 'loss', since: 2 }
  ]);
  expect(shown()).toEqual([3, 2, 1]);
});

test('points logged out of order are put in order', async () => {
  await want(log([5, 50]));
  await want(log([2, 20], [9, 90]));
  expect(series.get('a', 'loss')).toMatchObject({
    steps: [2, 5, 9],
    values: [20, 50, 90],
    timestamps: [1_002, 1_005, 1_009]
  });
});

test('a series grown beyond its sample is sampled anew', async () => {
  await want(
    log(...Array.from({ length: 8 }, (_, i): [number, number] => [i, i]))
  );
  await want(log([8, 8]));
  expect(server.histories[1].series[0].since).toBeUndefined();
  expect(shown()).toHaveLength(9);
});

test('an answer that does not follow what is known is left out', async () => {
  await want(log([0, 1]));
  server.answerHistory = request => ({
    series: answer(request).series.map(row => ({ ...row, since: 77 }))
  });
  await want(log([1, 2]));
  expect(shown()).toEqual([1]);
});

test('values that are no numbers stay so', async () => {
  await want(log([0, NaN]));
  expect(shown()).toEqual([NaN]);
});

test('metrics that a run does not have are not asked for', async () => {
  series.want([run('a')], ['loss']);
  await settled();
  expect(server.histories).toEqual([]);
});

test('a failed question is asked again later', async () => {
  server.failure = new Error('gone');
  await want(log([0, 1]));
  expect(shown()).toBeUndefined();
  server.failure = null;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(shown()).toEqual([1]);
});
