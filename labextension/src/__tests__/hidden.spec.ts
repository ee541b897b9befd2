import { expect, test, vi } from 'vitest';

import { CompareModel } from '../models/compare/compare';
import { HiddenModel } from '../models/runs/hidden';
import { FakeLive, FakeServer, run, settled } from './support';

test('what is hidden is told once, and shown again when that is asked', () => {
  const hidden = new HiddenModel();
  const told = vi.fn();
  hidden.changed.connect(told);
  hidden.setAll(['a', 'b'], true);
  hidden.setAll(['a'], true);
  expect([...hidden.runIds]).toEqual(['a', 'b']);
  expect(told).toHaveBeenCalledTimes(1);
  hidden.setAll(['a'], false);
  expect([hidden.has('a'), hidden.has('b')]).toEqual([false, true]);
});

test('showing only some of a view leaves the runs of other views alone', () => {
  const hidden = new HiddenModel();
  hidden.setAll(['elsewhere', 'b'], true);
  hidden.showOnly(['b'], ['a', 'b', 'c']);
  expect([...hidden.runIds]).toEqual(['elsewhere', 'a', 'c']);
});

test('what was hidden survives a reload, and what is no list of ids does not', () => {
  const hidden = new HiddenModel();
  hidden.setAll(['a'], true);
  const kept: unknown = JSON.parse(JSON.stringify(hidden));
  const next = new HiddenModel();
  next.restore(kept);
  next.restore({ a: 1 });
  next.restore([3, null, 'b']);
  expect([...next.runIds].sort()).toEqual(['a', 'b']);
});

test('every comparison leaves out what was hidden anywhere', async () => {
  const server = new FakeServer();
  server.runs = [run('a'), run('b')];
  const hidden = new HiddenModel();
  const models = [0, 1].map(
    () =>
      new CompareModel({
        api: server,
        channels: new FakeLive().asChannels(),
        folder: '',
        runIds: ['a', 'b'],
        maxPoints: 100,
        hidden
      })
  );
  await Promise.all(models.map(model => model.load()));
  await settled();
  models[0].setHidden(['a'], true);
  expect([...models[1].state.hidden]).toEqual(['a']);
  expect(models[1].state.runs).toHaveLength(2);
});
