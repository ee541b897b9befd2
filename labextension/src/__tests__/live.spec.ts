// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { LiveChange } from '../models/runs/live';
import { Live, LiveChannels } from '../models/runs/live';
import { FakeServer, run, settled } from './support';

let server: FakeServer;
let live: Live;
let told: LiveChange[];

beforeEach(() => {
  vi.useFakeTimers();
  // No jitter: the delays are those that are meant.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  server = new FakeServer();
  live = new Live(server, 'study', () => 3_000);
  told = [];
  live.changed.connect((_, change) => void told.push(change));
});

afterEach(() => {
  live.dispose();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Return the socket opened last, after having let time pass for it to be opened. */
function socket() {
  vi.advanceTimersByTime(100);
  return server.sockets[server.sockets.length - 1];
}

function setHidden(hidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

test('nobody who looks, no connection', () => {
  vi.advanceTimersByTime(60_000);
  expect(server.sockets).toHaveLength(0);
  expect(live.state).toBe('paused');
});

test('changes are told after the greeting', () => {
  live.hold();
  socket().tell(7);
  expect([live.state, told]).toEqual(['live', []]);
  socket().tell(8, { runs: [run('a')], experiments_changed: true });
  expect(told).toEqual([{ runs: [run('a')], experimentsChanged: true }]);
});

test('too much at once means to search again', () => {
  live.hold();
  socket().tell(7);
  socket().tell(8, { truncated: true });
  expect(told).toEqual([{ runs: null, experimentsChanged: false }]);
});

test('what is not of tracker is ignored', () => {
  live.hold();
  socket().onmessage?.({ data: 'no json' });
  socket().onmessage?.({ data: '{"type": "other"}' });
  expect([live.state, told]).toEqual(['connecting', []]);
});

test('two views share one socket, which closes with the last', () => {
  const [first, second] = [live.hold(), live.hold()];
  socket().tell(7);
  first.dispose();
  first.dispose();
  expect(live.state).toBe('live');
  second.dispose();
  expect(live.state).toBe('paused');
  expect(server.sockets.map(one => one.isClosed)).toEqual([true]);
});

test('a hidden page does not listen, and reads again what it missed', () => {
  live.hold();
  socket().tell(7);
  setHidden(true);
  expect(live.state).toBe('paused');
  setHidden(false);
  socket().tell(9);
  expect(server.sockets).toHaveLength(2);
  expect(told).toEqual([{ runs: null, experimentsChanged: true }]);
});

test('nothing is read again when nothing was missed', () => {
  live.seen(7);
  live.hold();
  socket().tell(7);
  expect(told).toEqual([]);
});

test('what changed between reading and the greeting is noticed', () => {
  live.hold();
  live.seen(6);
  socket().tell(7);
  expect(told).toEqual([{ runs: null, experimentsChanged: true }]);
});

test('a broken connection is made again, after longer and longer', () => {
  live.hold();
  socket().tell(7);
  socket().onclose?.();
  vi.advanceTimersByTime(499);
  expect(server.sockets).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(server.sockets).toHaveLength(2);
  socket().onclose?.();
  vi.advanceTimersByTime(999);
  expect(server.sockets).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(server.sockets).toHaveLength(3);
});

/** Let the socket fail until the revision is asked for. */
async function failSockets(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    socket().onclose?.();
    if (i < 2) {
      vi.advanceTimersByTime(500 * 2 ** i - 100);
    }
  }
  await settled();
}

test('where no socket can be had the revision is asked for', async () => {
  live.hold();
  await failSockets();
  expect(live.state).toBe('polling');
  expect(told).toEqual([]);
  server.revision = 2;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(told).toEqual([{ runs: null, experimentsChanged: true }]);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(told).toHaveLength(1);
  expect(server.experimentsAsked).toBe(4);
});

test('asking ends when a socket can be had again', async () => {
  live.hold();
  await failSockets();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(server.sockets).toHaveLength(4);
  expect(live.state).toBe('polling');
  socket().tell(1);
  expect(live.state).toBe('live');
  const asked = server.experimentsAsked;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(server.experimentsAsked).toBe(asked);
});

test('a server that is gone is said to be offline until it answers', async () => {
  live.hold();
  server.failure = new Error('gone');
  await failSockets();
  expect(live.state).toBe('offline');
  server.failure = null;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(live.state).toBe('polling');
});

test('a proxy that swallows everything counts as no socket', async () => {
  live.hold();
  socket();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.sockets[0].isClosed).toBe(true);
  await vi.advanceTimersByTimeAsync(500);
  expect(server.sockets).toHaveLength(2);
});

test('nothing goes on after the end', async () => {
  live.hold();
  await failSockets();
  live.dispose();
  const asked = server.experimentsAsked;
  await vi.advanceTimersByTimeAsync(120_000);
  expect(server.experimentsAsked).toBe(asked);
  expect(server.sockets).toHaveLength(3);
});

test('one channel a folder', () => {
  const channels = new LiveChannels(folder => new Live(server, folder));
  expect(channels.of('a')).toBe(channels.of('a'));
  expect(channels.of('b')).not.toBe(channels.of('a'));
  const first = channels.of('a');
  channels.dispose();
  expect(first.isDisposed).toBe(true);
});
