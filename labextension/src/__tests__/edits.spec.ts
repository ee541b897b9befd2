// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';

import type { Done } from '../models/runs/edits';
import { Editor, NOTE } from '../models/runs/edits';
import { RunsModel } from '../models/list/runs';
import { FakeLive, FakeServer, run, settled, trans } from './support';

let server: FakeServer;
let live: FakeLive;
let editor: Editor;
let done: Done[];

beforeEach(() => {
  server = new FakeServer();
  server.runs = [run('a'), run('b'), run('c', { tags: { kind: 'test' } })];
  live = new FakeLive();
  editor = new Editor(server, live.asChannels(), trans);
  done = [];
  editor.done.connect((_, what) => void done.push(what));
});

const names = () => server.runs.map(row => row.run_name);

test('a run gets another name and its old one back', async () => {
  await editor.rename('', server.runs[0], '  the best ');
  expect(names()[0]).toBe('the best');
  expect(done[0].message).toBe('Renamed “name of a” to “the best”');
  done[0].undo();
  await settled();
  expect(names()[0]).toBe('name of a');
  expect(done).toHaveLength(1);
});

test.each(['', '   ', 'name of a'])(
  'the name %j changes nothing',
  async name => {
    await editor.rename('', server.runs[0], name);
    expect(server.edits).toEqual([]);
  }
);

test('notes and tags come back as they were', async () => {
  const [first, , tagged] = server.runs;
  await editor.describe('', first, 'why **this** one');
  expect(server.runs[0].tags[NOTE]).toBe('why **this** one');
  await editor.tag('', tagged, 'kind', null);
  expect(server.runs[2].tags).toEqual({});
  done.forEach(({ undo }) => undo());
  await settled();
  expect(server.runs[0].tags).toEqual({});
  expect(server.runs[2].tags).toEqual({ kind: 'test' });
});

test('thousands of runs go into the bin in parts that the server takes', async () => {
  server.runs = Array.from({ length: 2_500 }, (_, i) => run(`r${i}`));
  const send = vi.spyOn(server, 'editRuns');
  await editor.remove(
    '',
    server.runs.map(row => row.run_id)
  );
  expect(send.mock.calls.map(([{ edits }]) => edits.length)).toEqual([
    1_000, 1_000, 500
  ]);
  expect(done[0].message).toBe('Deleted 2500 runs');
});

test('what the server refuses is told and is not done', async () => {
  const failures: string[] = [];
  editor.failed.connect((_, error) => void failures.push(error.message));
  server.failure = new Error('This store is only read.');
  await editor.rename('', server.runs[0], 'x');
  expect(failures).toEqual(['This store is only read.']);
  expect(done).toEqual([]);
});

test('deleted runs leave the list at once and stand in the bin', async () => {
  const model = new RunsModel(server, live.asChannels());
  const shown = () => model.state.runs.map(row => row.run_id).sort();
  editor = new Editor(server, live.asChannels(), trans);
  live.changed.connect(() => undefined);
  model.setFolder('');
  await settled();
  await editor.remove('', ['a', 'c']);
  expect(shown()).toEqual(['b']);
  model.setScope({ view: 'deleted' });
  await settled();
  expect(shown()).toEqual(['a', 'c']);
  expect(server.searches.at(-1)?.view).toBe('deleted');
  await editor.restore('', ['a']);
  expect(shown()).toEqual(['c']);
  model.dispose();
});
