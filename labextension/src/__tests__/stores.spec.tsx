// @vitest-environment happy-dom
import {
  act,
  cleanup,
  fireEvent,
  render,
  screen
} from '@testing-library/react';
import * as React from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { SurroundingsProvider } from '../components/common/context';
import { StoreSwitcher } from '../components/stores/StoreSwitcher';
import { ColorModel } from '../models/runs/colors';
import { Editor } from '../models/runs/edits';
import { RunsModel } from '../models/list/runs';
import { StoreFacts } from '../models/runs/storeFacts';
import { StoresModel } from '../models/list/stores';
import { FakeLive, FakeServer, choice, run, settled, trans } from './support';

const OLD = choice('store:0', 'old', { kind: 'mlruns', place: 'old/mlruns' });
const FAR = choice('store:1', 'far', { kind: 'server', uri: 'https://far' });

let server: FakeServer;
let stores: StoresModel;

beforeEach(() => {
  server = new FakeServer();
  server.stores = { ...server.stores, found: [OLD], recent: [FAR, OLD] };
  server.openable = { [OLD.uri]: OLD, [FAR.uri]: FAR };
  stores = new StoresModel(server);
});

afterEach(cleanup);

function show(onBrowse: (() => Promise<string | null>) | null = null) {
  render(
    <SurroundingsProvider value={{ trans, colors: new ColorModel() }}>
      <StoreSwitcher
        stores={stores}
        store={null}
        asked={null}
        onBrowse={onBrowse}
      />
    </SurroundingsProvider>
  );
}

async function openMenu() {
  fireEvent.click(screen.getByRole('button', { name: /^Store/ }));
  await drawn();
}

/** Wait until what the server answered is on the page. */
function drawn(): Promise<void> {
  return act(async () => await settled());
}

const click = (name: RegExp) =>
  fireEvent.click(screen.getByRole('button', { name }));

test('the folder is followed until a store is chosen, and again after it', async () => {
  stores.follow('a');
  stores.follow('b');
  expect(stores.folder).toBe('b');
  expect(await stores.open(OLD.uri)).toBe(true);
  stores.follow('c');
  expect(stores.folder).toBe(OLD.folder);
  stores.followFolder();
  expect(stores.folder).toBe('c');
});

test('a link may name a store of which nothing else is known', () => {
  stores.show(OLD.folder);
  expect([stores.folder, stores.chosen?.name]).toEqual([OLD.folder, '']);
  stores.show('study');
  expect([stores.folder, stores.chosen]).toEqual(['study', null]);
});

test('what cannot be opened leaves the choice as it was', async () => {
  stores.follow('a');
  expect(await stores.open('nowhere')).toBe(false);
  expect(stores.openError?.message).toBe('There is nothing at nowhere.');
  expect([stores.folder, stores.opening]).toEqual(['a', null]);
  stores.forgetError();
  expect(stores.openError).toBeNull();
});

test('only the store asked for last is taken', async () => {
  const first = stores.open(OLD.uri);
  const second = stores.open(FAR.uri);
  await Promise.all([first, second]);
  expect(stores.chosen).toEqual(FAR);
});

test('the choice survives a reload, and nothing else is believed', async () => {
  await stores.open(OLD.uri);
  const again = new StoresModel(server);
  again.restore(JSON.parse(JSON.stringify(stores)));
  expect(again.chosen).toEqual(OLD);
  for (const saved of [null, 3, {}, { chosen: { folder: 'x' } }]) {
    const other = new StoresModel(server);
    other.restore(saved);
    expect(other.chosen).toBeNull();
  }
});

test('the list is asked for until the server has looked everywhere', async () => {
  vi.useFakeTimers();
  const asked = vi.spyOn(server, 'listStores');
  server.stores = { ...server.stores, searching: true };
  void stores.load();
  await vi.advanceTimersByTimeAsync(700);
  server.stores = { ...server.stores, searching: false };
  await vi.advanceTimersByTimeAsync(700);
  const count = asked.mock.calls.length;
  await vi.advanceTimersByTimeAsync(5_000);
  vi.useRealTimers();
  expect(count).toBeGreaterThan(1);
  expect(asked).toHaveBeenCalledTimes(count);
  expect(stores.answer?.searching).toBe(false);
});

test('a store that is forgotten is left', async () => {
  stores.follow('a');
  await stores.load();
  await stores.open(FAR.uri);
  await stores.forget(FAR.folder);
  expect(stores.folder).toBe('a');
  expect(stores.answer?.recent).toEqual([OLD]);
});

test('the list shows nothing of the store before while another one is read', async () => {
  server.runs = [run('a')];
  const runs = new RunsModel(server, new FakeLive().asChannels());
  const told = vi.fn();
  runs.storeChanged.connect(told);
  runs.setFolder('');
  await settled();
  runs.setExperiment('1');
  runs.setFolder(OLD.folder);
  expect(runs.state).toMatchObject({ runs: [], store: null, isLoading: true });
  expect(runs.state.experimentId).toBeNull();
  expect(told).toHaveBeenCalledOnce();
  await settled();
  expect(runs.state.runs).toHaveLength(1);
});

test('runs of a store that is only read are not even sent to be changed', async () => {
  server.writable = false;
  server.runs = [run('a')];
  const facts = new StoreFacts(server);
  const editor = new Editor(server, new FakeLive().asChannels(), trans, facts);
  const failed = vi.fn();
  editor.failed.connect((_, error) => void failed(error.message));
  expect(editor.whyNot('x')).toBeNull();
  await settled();
  expect(editor.whyNot('x')).toContain('may not be written to');
  await editor.rename('x', server.runs[0], 'other');
  expect(server.edits).toEqual([]);
  expect(failed).toHaveBeenCalledWith(editor.whyNot('x'));
});

test('the menu offers each store once, and the keyboard goes through them', async () => {
  stores.follow('');
  show();
  await openMenu();
  const rows = [...document.querySelectorAll<HTMLElement>('.jp-tracker-store')];
  expect(rows.map(row => row.textContent)).toEqual([
    'studyFollows your folder',
    'oldold/mlrunsmlruns',
    'farfar/.trackerserver',
    'Open another store…'
  ]);
  expect(document.activeElement).toBe(rows[0]);
  const press = (key: string) =>
    fireEvent.keyDown(document.activeElement as Element, { key });
  press('ArrowUp');
  expect(document.activeElement).toBe(rows[3]);
  press('ArrowDown');
  press('ArrowDown');
  expect(document.activeElement).toBe(rows[1]);
  fireEvent.click(rows[1]);
  await drawn();
  expect(stores.chosen).toEqual(OLD);
  expect(screen.queryByRole('dialog')).toBeNull();
  await openMenu();
  press('Escape');
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('the keyboard stays in the menu when a store is forgotten', async () => {
  stores.follow('');
  show();
  await openMenu();
  const forget = screen.getByRole('button', { name: 'Forget far' });
  forget.focus();
  fireEvent.click(forget);
  await drawn();
  expect(screen.queryByRole('button', { name: 'Forget far' })).toBeNull();
  expect(document.activeElement?.className).toBe('jp-tracker-store');
});

test('a store that is gone says so in the menu', async () => {
  server.openable = {};
  stores.follow('');
  show();
  await openMenu();
  click(/^far/);
  await drawn();
  expect(screen.getByRole('alert').textContent).toContain('nothing at');
  expect(stores.chosen).toBeNull();
});

test('a path is typed or found by browsing', async () => {
  stores.follow('');
  show(() => Promise.resolve(OLD.uri));
  await openMenu();
  click(/^Open another/);
  const field = screen.getByRole('textbox', { name: 'Path or URL' });
  fireEvent.change(field, { target: { value: 'nowhere' } });
  click(/^Open$/);
  await drawn();
  expect(screen.getByRole('alert').textContent).toContain('nowhere');
  expect(field.getAttribute('aria-invalid')).toBe('true');
  click(/^Browse/);
  await drawn();
  expect(stores.chosen).toEqual(OLD);
});
