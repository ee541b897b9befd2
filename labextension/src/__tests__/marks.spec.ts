// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { CellMark } from '../components/cells/mark';
import { isStale, NotebookMarks } from '../models/cells/marks';
import type { CellRow, CellRunsRequest, RunRow } from '../wire';
import { FakeLive, run, settled, trans } from './support';

const TAGS = {
  'tracker.cell.id': 'a',
  'mlflow.source.name': 'study.ipynb'
};

function row(cellId: string, change: Partial<CellRow> = {}): CellRow {
  const { run_id, run_name, status, start_time, end_time } = run(
    `of-${cellId}`
  );
  return {
    cell_id: cellId,
    count: 1,
    runs: [{ run_id, run_name, status, start_time, end_time }],
    source: 'fit()',
    ...change
  };
}

/** The marks of a notebook with the cells a and b, of which the server knows some. */
function opened(known: CellRow[] = [row('a')]) {
  const live = new FakeLive();
  const asked: string[][] = [];
  const server = { exists: true, known };
  const runs = vi.fn((request: CellRunsRequest) => {
    asked.push(request.cell_ids);
    const { exists, known: rows } = server;
    const cells = rows.filter(each => request.cell_ids.includes(each.cell_id));
    return Promise.resolve({
      exists,
      revision: 1,
      names: ['study.ipynb'],
      cells
    });
  });
  const marks = new NotebookMarks({
    api: { runs },
    channels: live.asChannels(),
    folder: 'study',
    notebook: 'study/study.ipynb',
    cellIds: () => ['a', 'b']
  });
  const changed = vi.fn();
  marks.changed.connect(changed);
  return { live, asked, server, marks, changed, runs };
}

async function pass(): Promise<void> {
  await vi.advanceTimersByTimeAsync(300);
  await settled();
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('the cells with runs are known once they were asked for', async () => {
  const { marks, asked } = opened();
  marks.refresh();
  await pass();
  expect(asked).toEqual([['a', 'b']]);
  expect(marks.rowOf('a')?.count).toBe(1);
  expect(marks.rowOf('b')).toBeUndefined();
});

test('the channel is held while somebody looks and there is a store', async () => {
  const { marks, live, server } = opened();
  server.exists = false;
  marks.setActive(true);
  marks.refresh();
  await pass();
  expect(live.holders).toBe(0);
  server.exists = true;
  marks.executed();
  await pass();
  expect(live.holders).toBe(1);
  marks.setActive(false);
  expect(live.holders).toBe(0);
  marks.setActive(true);
  marks.dispose();
  expect(live.holders).toBe(0);
});

test('the end of a run is shown without a question', async () => {
  const running = row('a');
  running.runs[0] = { ...running.runs[0], status: 'RUNNING', end_time: null };
  const { marks, live, asked, changed } = opened([running]);
  marks.refresh();
  await pass();
  changed.mockClear();
  live.tell([run('of-a', { tags: TAGS })]);
  expect(marks.rowOf('a')?.runs[0].status).toBe('FINISHED');
  expect(changed).toHaveBeenCalledTimes(1);
  await pass();
  expect(asked.length).toBe(1);
});

test('points of a running run redraw nothing and ask nothing', async () => {
  const { marks, live, asked, changed } = opened();
  marks.refresh();
  await pass();
  changed.mockClear();
  for (let i = 0; i < 50; i++) {
    live.tell([run('of-a', { tags: TAGS })]);
  }
  await pass();
  expect(changed).not.toHaveBeenCalled();
  expect(asked.length).toBe(1);
});

test('a new run has its cell asked for, once, however often it is told', async () => {
  const { marks, live, asked } = opened();
  marks.refresh();
  await pass();
  const fresh = run('fresh', { tags: TAGS });
  live.tell([fresh]);
  await pass();
  live.tell([fresh]);
  await pass();
  expect(asked).toEqual([['a', 'b'], ['a']]);
});

test.each<Partial<RunRow>>([
  { tags: { ...TAGS, 'mlflow.source.name': 'other.ipynb' } },
  { tags: { 'mlflow.source.name': 'study.ipynb' } }
])('runs of others are nobody’s business: %o', async change => {
  const { marks, live, asked } = opened();
  marks.refresh();
  await pass();
  live.tell([run('other', change)]);
  await pass();
  expect(asked.length).toBe(1);
});

test('a deleted run has its cell counted anew', async () => {
  const { marks, live, asked, server } = opened();
  marks.refresh();
  await pass();
  server.known = [];
  live.tell([run('of-a', { tags: TAGS, lifecycle_stage: 'deleted' })]);
  await pass();
  expect(asked[1]).toEqual(['a']);
  expect(marks.rowOf('a')).toBeUndefined();
});

test('after too many changes everything is asked for', async () => {
  const { marks, live, asked } = opened();
  marks.refresh();
  await pass();
  live.tell(null);
  live.tell(null);
  await pass();
  expect(asked).toEqual([
    ['a', 'b'],
    ['a', 'b']
  ]);
});

test('code that comes after the run began is asked for when the run ends', async () => {
  const early = row('a', { source: null });
  early.runs[0] = { ...early.runs[0], status: 'RUNNING', end_time: null };
  const { marks, live, server } = opened([early]);
  marks.refresh();
  await pass();
  server.known = [row('a')];
  live.tell([run('of-a', { tags: TAGS })]);
  await pass();
  expect(marks.rowOf('a')?.source).toBe('fit()');
});

test('what fails is asked for again with the next change', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { marks, live, runs } = opened();
  runs.mockRejectedValueOnce(new Error('gone'));
  marks.refresh();
  await pass();
  expect(marks.rowOf('a')).toBeUndefined();
  live.tell(null);
  await pass();
  expect(marks.rowOf('a')).toBeDefined();
  expect(warn).toHaveBeenCalledTimes(1);
});

test('blanks at the end make no cell stale, and what is not known does not', () => {
  expect(isStale(row('a'), 'fit()\n')).toBe(false);
  expect(isStale(row('a'), 'fit(1)')).toBe(true);
  expect(isStale(row('a', { source: null }), 'fit(1)')).toBe(false);
});

test('a mark says in words what it shows', () => {
  const press = vi.fn();
  const mark = new CellMark(trans, press);
  const state = { isStale: false, isLow: false };
  mark.update({ row: row('a', { count: 3 }), ...state });
  const name = () => mark.node.getAttribute('aria-label');
  expect(name()).toBe('3 runs of this cell; latest: name of of-a, Finished');
  expect(mark.node.textContent).toBe('3');
  mark.update({ row: row('a', { count: 3 }), ...state, isStale: true });
  expect(name()).toContain('edited since');
  expect(mark.node.className).toContain('jp-mod-stale');
  mark.node.click();
  expect(press).toHaveBeenCalledTimes(1);
});

test('a name with markup in it stays text', () => {
  const mark = new CellMark(trans, () => undefined);
  const hostile = row('a');
  hostile.runs[0] = { ...hostile.runs[0], run_name: '<img src=x onerror=1>' };
  mark.update({ row: hostile, isStale: false, isLow: false });
  expect(mark.node.querySelector('img')).toBeNull();
  expect(mark.node.title).toContain('<img');
});
