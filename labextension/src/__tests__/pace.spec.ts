// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Pace } from '../models/list/pace';
import { RunsModel } from '../models/list/runs';
import { FakeLive, FakeServer, run } from './support';

const rest = vi.fn();
let pace: Pace;
let server: FakeServer;
let model: RunsModel;

beforeEach(() => {
  vi.useFakeTimers();
  rest.mockClear();
  pace = new Pace(rest);
  server = new FakeServer();
  model = new RunsModel(server, new FakeLive().asChannels());
});

afterEach(() => {
  model.dispose();
  vi.useRealTimers();
});

test('one leap is no race, and neither are leaps with a rest between them', () => {
  for (const first of [1_000, 5_000, 0]) {
    pace.moved(first);
    expect(pace.isRacing).toBe(false);
    vi.advanceTimersByTime(70);
  }
  expect(rest).not.toHaveBeenCalled();
});

test('short steps are no race, however soon they follow each other', () => {
  for (let first = 0; first < 2_000; first += 40) {
    pace.moved(first);
    vi.advanceTimersByTime(4);
  }
  expect(pace.isRacing).toBe(false);
});

test('leaps that follow each other are one race, which ends once', () => {
  for (let first = 0; first < 9_000; first += 300) {
    pace.moved(first);
    vi.advanceTimersByTime(16);
  }
  expect(pace.isRacing).toBe(true);
  expect(rest).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60);
  expect(pace.isRacing).toBe(false);
  expect(rest).toHaveBeenCalledOnce();
});

async function showMany(): Promise<void> {
  server.runs = Array.from({ length: 5_000 }, (_, i) =>
    run(`r${i}`, { start_time: i })
  );
  model.setFolder('study');
  await vi.advanceTimersByTimeAsync(0);
}

test('a list that is pulled along is read where it comes to rest', async () => {
  await showMany();
  for (let first = 0; first < 4_500; first += 300) {
    model.show({ first, last: first + 10 });
    await vi.advanceTimersByTimeAsync(16);
  }
  // The first leap may be the only one: its rows are read.
  expect(server.searches).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(100);
  expect(server.searches).toHaveLength(3);
  expect(model.state.offset).toBe(4_155);
});

test('what was read of a place that one has left is not shown', async () => {
  await showMany();
  const before = model.state;
  let open = () => undefined as void;
  server.gate = new Promise(resolve => (open = resolve));
  model.show({ first: 1_000, last: 1_010 });
  model.show({ first: 2_000, last: 2_010 });
  server.gate = null;
  open();
  await vi.advanceTimersByTimeAsync(20);
  expect(model.state).toBe(before);
  await vi.advanceTimersByTimeAsync(60);
  expect(model.state.offset).toBe(1_955);
});
