// @vitest-environment happy-dom
import * as React from 'react';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { AgainForm } from '../components/cells/AgainForm';
import { SurroundingsProvider } from '../components/common/context';
import { AgainModel } from '../models/cells/again';
import { findCell } from '../models/cells/cells';
import { ColorModel } from '../models/runs/colors';
import { follow } from '../models/cells/jobs';
import type { JobRow, ParameterRow, PlanAnswer } from '../wire';
import { settled, trans } from './support';

function parameter(
  name: string,
  change: Partial<ParameterRow> = {}
): ParameterRow {
  return {
    name,
    type: 'float',
    default: '0.5',
    value: '0.25',
    description: '',
    ...change
  };
}

const PLAN: PlanAnswer = {
  name: 'study',
  entry_point: 'main',
  parameters: [parameter('rate')],
  env_manager: 'local',
  is_trusted: true,
  content: 'abc',
  description: 'command python main.py',
  code: 'rate = <b>0.5</b>',
  remarks: [],
  questions: []
};

async function planned(
  change: Partial<PlanAnswer> = {},
  kind: 'run' | 'verify' = 'run'
) {
  const plan = vi.fn(() => Promise.resolve({ ...PLAN, ...change }));
  const model = new AgainModel(
    { plan },
    trans,
    kind,
    'study',
    'r1',
    'r1 again'
  );
  await model.load();
  return { model, plan };
}

function show(model: AgainModel): void {
  render(
    <SurroundingsProvider value={{ trans, colors: new ColorModel() }}>
      <AgainForm model={model} />
    </SurroundingsProvider>
  );
}

afterEach(cleanup);

test('the form begins with the values that the run had', async () => {
  const { model } = await planned();
  expect(model.valueOf('rate')).toBe('0.25');
  expect(model.check()).toBe(true);
  expect(model.request()).toEqual({
    folder: 'study',
    kind: 'run',
    content: 'abc',
    agreed: false,
    env_manager: 'local',
    copy_large: false,
    run_name: 'r1 again',
    parameters: { rate: '0.25' }
  });
});

test.each([
  ['float', 'many', 'A number is needed.'],
  ['float', '', 'A number is needed.'],
  ['float', '1e-3', ''],
  ['float', 'nan', ''],
  ['int', '2.5', 'A whole number is needed.'],
  ['int', '-10', ''],
  ['bool', 'perhaps', 'True or False is needed.'],
  ['bool', 'False', ''],
  ['str', '', ''],
  ['list', '[1, 2]', '']
])('of type %s the value “%s” is told: “%s”', async (type, value, told) => {
  const parameters = [parameter('p', { type })];
  const { model } = await planned({ parameters });
  model.setValue('p', value);
  expect(model.complaint(parameters[0])).toBe(told);
  expect(model.check()).toBe(told === '');
});

test('a param without a default needs a value', async () => {
  const data = parameter('data', { type: 'path', default: null, value: null });
  const { model } = await planned({ parameters: [data] });
  expect(model.check()).toBe(false);
  model.setValue('data', 'wine.csv');
  expect(model.check()).toBe(true);
});

test('what was not recorded by this user runs only once that was agreed to', async () => {
  const { model } = await planned({ is_trusted: false });
  expect(model.check()).toBe(false);
  show(model);
  expect(document.querySelector('details')?.open).toBe(true);
  const box = screen.getByRole('checkbox', { name: /I have read/ });
  expect(screen.getByText('Tick this if you want it to be run.')).toBeDefined();
  fireEvent.click(box);
  expect(model.check()).toBe(true);
  expect(model.request().agreed).toBe(true);
});

test('code and descriptions are shown as text', async () => {
  const { model } = await planned();
  show(model);
  expect(screen.getByLabelText('The program').textContent).toBe(PLAN.code);
});

test('copying large data along is another plan, to be agreed to anew', async () => {
  const questions = ['The code reads big.csv. Copy it?'];
  const { model, plan } = await planned({ is_trusted: false, questions });
  model.setAgreed(true);
  model.setCopyLarge(true);
  await settled();
  expect(plan).toHaveBeenLastCalledWith('r1', {
    folder: 'study',
    copy_large: true
  });
  expect(model.agreed).toBe(false);
});

test('a proof asks for no params and begins with a new environment', async () => {
  const { model } = await planned({}, 'verify');
  expect(model.envManager).toBe('uv');
  model.setValue('rate', 'many');
  expect(model.check()).toBe(true);
  expect(model.request().parameters).toBeUndefined();
});

test('what fails is said, and can be tried again', async () => {
  const { model, plan } = await planned();
  plan.mockRejectedValueOnce(new Error('no code was kept'));
  await model.load();
  expect(model.check()).toBe(false);
  show(model);
  expect(screen.getByRole('alert').textContent).toContain('no code was kept');
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await settled();
  expect(model.check()).toBe(true);
});

const CELLS = [
  { id: 'a', source: 'x = 1' },
  { id: 'b', source: 'fit()\n' },
  { id: 'c', source: 'fit()' }
];

test.each([
  [
    { cell_id: 'c', source: 'other' },
    { index: 2, by: 'id' }
  ],
  [
    { cell_id: 'gone', source: 'fit()' },
    { index: 1, by: 'text' }
  ],
  [
    { cell_id: null, source: 'x = 1' },
    { index: 0, by: 'text' }
  ],
  [{ cell_id: 'gone', source: 'other' }, null],
  [{ cell_id: null, source: null }, null],
  [{ cell_id: 'gone', source: '' }, null]
])('the cell of %o is found: %o', (links, found) => {
  expect(findCell(CELLS, links)).toEqual(found);
});

beforeEach(() => vi.useRealTimers());

function job(change: Partial<JobRow> = {}): JobRow {
  return {
    job_id: 'j',
    kind: 'verify',
    run_id: 'r1',
    new_run_id: null,
    state: 'running',
    said: '',
    ...change
  };
}

test('a job is followed to its end, over questions that fail', async () => {
  vi.useFakeTimers();
  const answers: (JobRow[] | Error)[] = [
    [job()],
    new Error('away'),
    [job({ said: 'Running the project ...' })],
    [job({ said: 'Running the project ...' })],
    [job({ state: 'done', said: 'exactly' })]
  ];
  const links = vi.fn(() => {
    const jobs = answers.shift();
    return jobs instanceof Error || !jobs
      ? Promise.reject(jobs ?? new Error('asked too often'))
      : Promise.resolve({
          notebook: null,
          cell_id: null,
          source: null,
          refused: {},
          jobs
        });
  });
  const told: string[] = [];
  const ended = follow({ links }, 'study', job(), ({ said }) => {
    told.push(said);
  });
  await vi.advanceTimersByTimeAsync(6_000);
  expect((await ended)?.said).toBe('exactly');
  expect(told).toEqual(['Running the project ...']);
});

test('a job that nobody knows any more has no end to tell', async () => {
  vi.useFakeTimers();
  const links = vi.fn(() =>
    Promise.resolve({
      notebook: null,
      cell_id: null,
      source: null,
      refused: {},
      jobs: []
    })
  );
  const ended = follow({ links }, 'study', job(), () => undefined);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(await ended).toBeNull();
});
