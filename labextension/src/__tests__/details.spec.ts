// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ChartLinks } from '../models/charts/chartLinks';
import { DetailModel, refined, stepsWithin } from '../models/run/details';
import type { HistoryRequest, SeriesRow } from '../wire';
import { FakeServer, settled } from './support';

const TOTAL = 10_000;
const MOST = 100;

let server: FakeServer;
let details: DetailModel;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  server.answerHistory = answer;
  details = new DetailModel(server, 'study', MOST);
});

afterEach(() => {
  details.dispose();
  vi.useRealTimers();
});

/** Every step from 0 to 9,999 has its own value; a range comes evenly thinned. */
function answer({ series }: HistoryRequest) {
  return {
    series: series.map(({ run_id, key, start_step = 0, end_step = 0 }) => {
      const first = Math.max(0, start_step);
      const last = Math.min(TOTAL - 1, end_step);
      return rowOf(run_id, key, first, last);
    })
  };
}

function rowOf(
  run_id: string,
  key: string,
  first: number,
  last: number
): SeriesRow {
  const every = Math.max(1, Math.ceil((last - first + 1) / MOST));
  const steps: number[] = [];
  for (let step = first; step <= last; step += every) {
    steps.push(step);
  }
  const common = { run_id, key, since: 0, total: TOTAL, cursor: TOTAL };
  return { ...common, steps, timestamps: steps, values: steps };
}

async function want(start: number, end: number): Promise<void> {
  details.want([{ runId: 'a', key: 'loss', start, end }]);
  await vi.advanceTimersByTimeAsync(200);
  await settled();
}

test('finer points of a range are read once it stays', async () => {
  details.want([{ runId: 'a', key: 'loss', start: 0, end: 5_000 }]);
  details.want([{ runId: 'a', key: 'loss', start: 1_000, end: 1_010 }]);
  await vi.advanceTimersByTimeAsync(200);
  expect(server.histories).toHaveLength(1);
  expect(server.histories[0].series).toEqual([
    { run_id: 'a', key: 'loss', start_step: 995, end_step: 1_015 }
  ]);
  expect(details.get('a', 'loss')?.steps).toHaveLength(21);
});

test('a range that is known well enough is not read again', async () => {
  await want(1_000, 1_040);
  await want(1_010, 1_030);
  expect(server.histories).toHaveLength(1);
  await want(1_010, 1_200);
  expect(server.histories).toHaveLength(2);
  await want(1_010, 1_020);
  expect(server.histories).toHaveLength(3);
});

test('points logged behind a range after it was read stay in the curve', async () => {
  await want(TOTAL - 10, TOTAL + 90);
  const steps = [0, 5_000, TOTAL - 1, TOTAL + 5];
  const columns = { steps, timestamps: steps, values: steps };
  const series = { ...columns, total: TOTAL + 6, cursor: 1 };
  const fine = refined(series, details.get('a', 'loss'));
  expect(fine.steps.at(-1)).toBe(TOTAL + 5);
  expect(fine.steps.filter(step => step < TOTAL)).toHaveLength(2 + 60);
});

test('while points arrive a range at the end is not read for each of them', async () => {
  await want(TOTAL - 100, TOTAL - 1);
  await want(TOTAL - 100, TOTAL + 20);
  expect(server.histories).toHaveLength(1);
  await want(TOTAL - 100, TOTAL + 300);
  expect(server.histories).toHaveLength(2);
});

test('a curve of which every point is there stays as it is', () => {
  const steps = [0, 1];
  const series = { steps, timestamps: steps, values: steps };
  const whole = { ...series, total: 2, cursor: 2 };
  const range = { runId: 'a', key: 'loss', start: 0, end: 1 };
  const detail = { ...series, ...range, wasLast: true };
  expect(refined(whole, detail)).toBe(whole);
});

test('a failed question leaves the coarse points, and the next zoom asks again', async () => {
  server.failure = new Error('gone');
  await want(0, 10);
  expect(details.get('a', 'loss')).toBeUndefined();
  server.failure = null;
  await want(0, 10);
  expect(details.get('a', 'loss')).toBeDefined();
});

test('a part of x is a range of steps, with a neighbour at each side', () => {
  const steps = [0, 10, 20, 30, 40];
  const minutes = [0, 1, 2, 3, 4];
  expect(stepsWithin(steps, minutes, [1.5, 2.5])).toEqual([10, 30]);
  expect(stepsWithin(steps, minutes, [1.2, 1.3])).toEqual([0, 30]);
  expect(stepsWithin(steps, minutes, [-5, 9])).toEqual([0, 40]);
  expect(stepsWithin(steps, minutes, [7, 9])).toBeNull();
});

test('charts that go together share x and keep their own y', () => {
  const links = new ChartLinks();
  links.zoom('loss', { x: [1, 2], y: [3, 4] });
  expect(links.zoomOf('accuracy')).toEqual({ x: [1, 2], y: null });
  links.zoom('accuracy', { y: [0, 1] });
  expect(links.zoomOf('loss')).toEqual({ x: [1, 2], y: [3, 4] });
  links.reset('accuracy');
  expect(links.zoomOf('loss')).toEqual({ x: null, y: [3, 4] });
  links.together = false;
  links.zoom('loss', { x: [5, 6] });
  expect(links.zoomOf('accuracy')).toEqual({ x: null, y: null });
  expect(links.zoomOf('loss').x).toEqual([5, 6]);
});

test('what charts show is told, and shown again', () => {
  const links = new ChartLinks();
  links.zoom('loss', { x: [1, 2], y: [3, 4] });
  links.zoom('accuracy', { y: null });
  expect(links.zooms).toEqual({
    '': { x: [1, 2], y: null },
    loss: { x: null, y: [3, 4] }
  });
  const again = new ChartLinks();
  again.zooms = links.zooms;
  for (const chart of ['loss', 'accuracy']) {
    expect(again.zoomOf(chart)).toEqual(links.zoomOf(chart));
  }
  links.reset();
  expect(links.zooms).toEqual({});

  const apart = new ChartLinks(false);
  apart.zoom('loss', { x: [1, 2] });
  expect(apart.zooms).toEqual({ loss: { x: [1, 2], y: null } });
  const alike = new ChartLinks(false);
  alike.zooms = apart.zooms;
  expect(alike.zoomOf('loss').x).toEqual([1, 2]);
  expect(alike.zoomOf('accuracy').x).toBeNull();
});
