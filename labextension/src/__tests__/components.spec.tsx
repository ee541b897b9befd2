// @vitest-environment happy-dom
import * as React from 'react';
import {
  act,
  cleanup,
  fireEvent,
  render,
  screen
} from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { SurroundingsProvider, useSignal } from '../components/common/context';
import { ComparisonTable } from '../components/compare/ComparisonTable';
import { ActionBar } from '../components/runs/ActionBar';
import { CompletionModel } from '../models/list/completion';
import { RecentFilters } from '../models/list/recentFilters';
import { FilterBox } from '../components/runs/FilterBox';
import { RunListRow } from '../components/runs/RunListRow';
import { Toolbar } from '../components/runs/Toolbar';
import { ApiError } from '../errors';
import { ColorModel } from '../models/runs/colors';
import { CompareModel } from '../models/compare/compare';
import { FactsModel } from '../models/compare/facts';
import { USUAL_COLUMNS } from '../models/list/listColumns';
import { Preferences } from '../models/views/preferences';
import { FakeLive, FakeServer, metric, run, trans } from './support';

// React says at every change in a test that it was not told that this is one.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

beforeEach(() => {
  vi.useFakeTimers({ now: 100_000 });
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function show(component: JSX.Element): void {
  const surroundings = { trans, colors: new ColorModel() };
  render(
    <SurroundingsProvider value={surroundings}>
      {component}
    </SurroundingsProvider>
  );
}

function showFilter(
  error: ApiError | null = null,
  value = '',
  server = new FakeServer()
) {
  const onChange = vi.fn();
  show(
    <FilterBox
      value={value}
      error={error}
      folder=""
      asked={null}
      completion={new CompletionModel(server)}
      recent={new RecentFilters()}
      onChange={onChange}
    />
  );
  return onChange;
}

test('a filter is sent when one stops typing', () => {
  const onChange = showFilter();
  const box = screen.getByRole('combobox', { name: 'Filter runs' });
  fireEvent.change(box, { target: { value: 'a' } });
  fireEvent.change(box, { target: { value: 'ab' } });
  expect(onChange).not.toHaveBeenCalled();
  vi.advanceTimersByTime(250);
  expect(onChange.mock.calls).toEqual([['ab']]);
});

test('Enter sends a filter at once, Escape and the button clear it', () => {
  const onChange = showFilter();
  const box = screen.getByRole('combobox');
  fireEvent.change(box, { target: { value: 'ab' } });
  fireEvent.keyDown(box, { key: 'Enter' });
  vi.advanceTimersByTime(0);
  fireEvent.keyDown(box, { key: 'Escape' });
  vi.advanceTimersByTime(0);
  fireEvent.change(box, { target: { value: 'c' } });
  fireEvent.click(screen.getByRole('button', { name: 'Clear filter' }));
  vi.advanceTimersByTime(1_000);
  expect(onChange.mock.calls).toEqual([['ab'], [''], ['']]);
});

test('an error marks the word that is wrong', () => {
  const text = "metrics.loss < 0.1 AND parms.lr = '1'";
  const error = new ApiError("column 24: 'parms.' is no prefix", 400, 'X', 24);
  showFilter(error, text);
  const alert = screen.getByRole('alert');
  expect(alert.querySelector('mark')?.textContent).toBe('parms.lr');
  expect(alert.textContent).toContain("'parms.' is no prefix");
  expect(alert.textContent).not.toContain('column');
  const box: HTMLInputElement = screen.getByRole('combobox');
  expect(box.getAttribute('aria-invalid')).toBe('true');
  fireEvent.click(screen.getByTitle('Select the word in the filter'));
  expect(text.slice(box.selectionStart ?? 0, box.selectionEnd ?? 0)).toBe(
    'parms.lr'
  );
});

test('what can be typed next is chosen by the keyboard', async () => {
  const server = new FakeServer();
  const [kind, key] = ['metrics' as const, 'loss'];
  const loss = { field: 'metrics.loss', kind, key, runs: 2 };
  const operators = ['=', '<'];
  server.known.fields = [{ ...loss, type: 'number', operators }];
  const half = { value: '0.5', runs: null, note: 'median' as const };
  server.knownValues = { 'metrics.loss': [half] };
  const onChange = showFilter(null, '', server);
  const box: HTMLInputElement = screen.getByRole('combobox');
  const type = async (value: string) => {
    fireEvent.change(box, { target: { value } });
    await act(() => vi.advanceTimersByTimeAsync(200));
  };
  const press = (name: string) =>
    act(async () => {
      fireEvent.keyDown(box, { key: name });
      await vi.advanceTimersByTimeAsync(200);
    });
  await type('metrics.lo');
  const option = screen.getByRole('option');
  expect(option.textContent).toBe('metrics.loss2 runs');
  expect(box.getAttribute('aria-expanded')).toBe('true');
  await press('ArrowDown');
  expect(box.getAttribute('aria-activedescendant')).toBe(option.id);
  await press('Enter');
  expect(box.value).toBe('metrics.loss ');
  // The beginning of a condition is no name to search for.
  await act(() => vi.advanceTimersByTimeAsync(1_000));
  expect(onChange).not.toHaveBeenCalled();
  await press('ArrowUp');
  await press('Tab');
  expect(box.value).toBe('metrics.loss < ');
  await press('Escape');
  expect(screen.queryByRole('listbox')).toBeNull();
  expect(box.value).toBe('metrics.loss < ');
});

test('help tells by examples that can be tried', async () => {
  const onChange = showFilter();
  fireEvent.click(screen.getByRole('button', { name: 'How to filter' }));
  fireEvent.click(screen.getByRole('button', { name: 'metrics.loss < 0.5' }));
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(onChange.mock.calls).toEqual([['metrics.loss < 0.5']]);
  expect(screen.queryByRole('region')).toBeNull();
});

test('experiments are shown with their counts', () => {
  const experiment = {
    experiment_id: '1',
    name: 'digits',
    lifecycle_stage: 'active',
    creation_time: null,
    last_update_time: null,
    run_count: 3
  };
  const other = {
    ...experiment,
    experiment_id: '2',
    name: 'net',
    run_count: 4
  };
  const onExperiment = vi.fn();
  show(
    <Toolbar
      experiments={[experiment, other]}
      experimentId={null}
      notebook={null}
      notebookOnly={false}
      onNotebookOnly={vi.fn()}
      favouritesOnly={false}
      onFavouritesOnly={vi.fn()}
      view="active"
      onView={vi.fn()}
      onExperiment={onExperiment}
      onRefresh={vi.fn()}
    />
  );
  const open = () =>
    fireEvent.click(
      screen.getByRole('button', { name: 'Experiment: All experiments' })
    );
  open();
  const names = screen.getAllByRole('option').map(option => option.textContent);
  expect(names).toEqual(['All experiments7', 'digits3', 'net4']);
  fireEvent.click(screen.getByRole('option', { name: 'net 4' }));
  open();
  const box = screen.getByRole('combobox', { name: 'Search experiments' });
  expect(document.activeElement).toBe(box);
  fireEvent.keyDown(box, { key: 'ArrowDown' });
  fireEvent.keyDown(box, { key: 'Enter' });
  open();
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'E' } });
  fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' });
  expect(onExperiment.mock.calls).toEqual([['2'], ['1'], [null]]);
});

function showRow(change: Parameters<typeof run>[1] = {}) {
  const actions = {
    onOpen: vi.fn(),
    onTick: vi.fn(),
    onFold: vi.fn(),
    onFavourite: vi.fn(),
    onHide: vi.fn(),
    onFocus: vi.fn()
  };
  show(
    <RunListRow
      run={run('a', { start_time: 40_000, end_time: 45_000, ...change })}
      index={0}
      top={0}
      depth={0}
      count={0}
      isOpen={false}
      isTree={false}
      isHidden={false}
      aligned={[]}
      inline={USUAL_COLUMNS}
      metric="loss"
      curve={undefined}
      color="#000"
      isTicked={false}
      isActive
      isNew={false}
      experiment={null}
      {...actions}
    />
  );
  return actions;
}

test('a row tells state, age, duration and the metric', () => {
  showRow({ metrics: { loss: metric(0.123456) } });
  expect(screen.getByRole('img', { name: 'Finished' })).toBeTruthy();
  const row = screen.getByRole('row');
  expect(row.textContent).toContain('1 min ago');
  expect(row.textContent).toContain('5.0 s');
  expect(row.querySelector('[data-key=loss]')?.textContent).toBe('0.1235');
  expect(row.querySelector('[data-value="0.123456"]')).toBeTruthy();
});

test('the duration of a running run grows', () => {
  showRow({ status: 'RUNNING', end_time: null, start_time: 98_000 });
  const duration = () => screen.getByTitle('Duration').textContent;
  expect(duration()).toBe('2 s');
  React.act(() => void vi.advanceTimersByTime(3_000));
  expect(duration()).toBe('5 s');
});

test('a run that was killed without a time of end does not grow', () => {
  showRow({ status: 'KILLED', end_time: null, start_time: 98_000 });
  React.act(() => void vi.advanceTimersByTime(3_000));
  expect(screen.getByTitle('Duration').textContent).toBe('0 ms');
});

test('a click on the name opens, one on the row or its box ticks', () => {
  const { onOpen, onTick } = showRow();
  fireEvent.click(screen.getByRole('button', { name: 'Open run name of a' }));
  expect(onOpen.mock.calls).toEqual([['a']]);
  expect(onTick).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('checkbox', { name: 'Select name of a' }));
  fireEvent.click(screen.getByRole('row'), { shiftKey: true });
  expect(onTick.mock.calls).toEqual([
    ['a', false],
    ['a', true]
  ]);
});

test('comparing needs a ticked run', () => {
  const onCompare = vi.fn();
  show(
    <ActionBar
      count={0}
      view="active"
      locked={null}
      onClear={vi.fn()}
      onDelete={vi.fn()}
      onRestore={vi.fn()}
      onCompare={onCompare}
    />
  );
  const button = screen.getByRole('button', { name: 'Compare' });
  fireEvent.click(button);
  expect(onCompare).not.toHaveBeenCalled();
  expect(button).toHaveProperty('disabled', true);
});

async function showTable(differencesOnly: boolean) {
  const server = new FakeServer();
  server.runs = [
    run('a', { params: { lr: '0.1', n: '5' }, metrics: { loss: metric(0.5) } }),
    run('b', { params: { lr: '0.2', n: '5' }, metrics: { loss: metric(0.25) } })
  ];
  const model = new CompareModel({
    api: server,
    channels: new FakeLive().asChannels(),
    folder: '',
    maxPoints: 10,
    runIds: ['a', 'b']
  });
  await model.load();
  const preferences = new Preferences();
  preferences.setView({ differencesOnly });
  const facts = new FactsModel(model);
  const Table = () => {
    useSignal(model.changed);
    return (
      <ComparisonTable
        model={model}
        preferences={preferences}
        facts={facts}
        onOpen={vi.fn()}
      />
    );
  };
  show(<Table />);
  return { model, preferences };
}

const cellOf = (key: string, runId: string) =>
  document.querySelector<HTMLElement>(
    `td[data-key="${key}"][data-run-id="${runId}"]`
  );

test('the table has the exact values where a program finds them', async () => {
  await showTable(false);
  expect(cellOf('loss', 'b')?.dataset).toMatchObject({
    kind: 'metric',
    value: '0.25',
    best: 'true'
  });
  expect(cellOf('lr', 'a')?.dataset).toMatchObject({
    kind: 'param',
    value: '0.1'
  });
  expect(screen.getAllByRole('columnheader')).toHaveLength(2);
});

test('differences only leaves out what is the same', async () => {
  await showTable(true);
  expect(cellOf('n', 'a')).toBeNull();
  expect(cellOf('lr', 'a')?.textContent).toBe('0.1');
});

test('the direction of a metric is said and turned', async () => {
  const { preferences } = await showTable(false);
  fireEvent.click(
    screen.getByRole('button', { name: 'loss: lower is better. Change' })
  );
  expect(preferences.directionOf('loss')).toBe('higher');
});

test('a run is removed from the comparison', async () => {
  const { model } = await showTable(false);
  fireEvent.click(
    screen.getByRole('button', { name: 'Remove name of a from the comparison' })
  );
  expect(model.runIds).toEqual(['b']);
});

test('the runs are held against a baseline, which comes first', async () => {
  const { model } = await showTable(false);
  const pin = () => screen.getByRole('button', { name: 'Baseline: name of b' });
  fireEvent.click(pin());
  expect(model.runIds).toEqual(['b', 'a']);
  expect(cellOf('loss', 'a')?.textContent).toContain('+0.250 (+100 %)');
  expect(cellOf('loss', 'b')?.textContent).not.toContain('%');
  expect(pin().getAttribute('aria-pressed')).toBe('true');
  fireEvent.click(pin());
  expect(model.state.baseline).toBeNull();
  expect(cellOf('loss', 'a')?.textContent).not.toContain('%');
});
