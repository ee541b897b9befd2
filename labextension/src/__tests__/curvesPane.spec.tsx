// @vitest-environment happy-dom
import {
  cleanup,
  fireEvent,
  render,
  screen,
  within
} from '@testing-library/react';
import * as React from 'react';
import { afterEach, expect, test } from 'vitest';

import { SurroundingsProvider } from '../components/common/context';
import { ChartControls } from '../components/charts/ChartControls';
import { CurvesPane } from '../components/compare/CurvesPane';
import { ColorModel } from '../models/runs/colors';
import { CompareModel } from '../models/compare/compare';
import type { View } from '../models/views/preferences';
import { USUAL_VIEW } from '../models/views/preferences';
import { FakeLive, FakeServer, metric, run, trans } from './support';

const models: CompareModel[] = [];

afterEach(() => {
  cleanup();
  models.splice(0).forEach(model => model.dispose());
});

const KEYS = [
  ...['loss', 'accuracy', 'f1', 'auc', 'lr'].map(key => `train/${key}`),
  ...['loss', 'accuracy', 'f1', 'auc'].map(key => `val/${key}`)
];

async function show() {
  const server = new FakeServer();
  const curve = metric(0.5, { count: 10 });
  const metrics = Object.fromEntries(KEYS.map(key => [key, curve]));
  server.runs = [run('a', { metrics }), run('b', { metrics })];
  const model = new CompareModel({
    api: server,
    channels: new FakeLive().asChannels(),
    folder: '',
    maxPoints: 10,
    runIds: ['a', 'b']
  });
  models.push(model);
  await model.load();
  const surroundings = { trans, colors: new ColorModel() };
  const Pane = () => {
    const [view, setView] = React.useState<View>(USUAL_VIEW);
    const onView = React.useCallback(
      (change: Partial<View>) => setView(old => ({ ...old, ...change })),
      []
    );
    return (
      <SurroundingsProvider value={surroundings}>
        <ChartControls
          view={view}
          groupings={[]}
          metrics={KEYS}
          onView={onView}
        />
        <output className="view">{JSON.stringify(view)}</output>
        <CurvesPane
          model={model}
          runs={model.state.runs}
          view={view}
          emphasis={null}
          onView={onView}
        />
      </SurroundingsProvider>
    );
  };
  render(<Pane />);
}

const charts = () =>
  [...document.querySelectorAll<HTMLElement>('.jp-tracker-chart')].map(
    chart => chart.dataset.key
  );
const viewNow = () =>
  JSON.parse(document.querySelector('.view')!.textContent!) as View;

test('many charts stand in sections that fold', async () => {
  await show();
  expect(charts()).toHaveLength(9);
  const section = screen.getByRole('button', { name: /^val/ });
  expect(section.getAttribute('aria-expanded')).toBe('true');
  fireEvent.click(section);
  expect(section.getAttribute('aria-expanded')).toBe('false');
  expect(charts()).toHaveLength(5);
  fireEvent.click(section);
  expect(charts()).toHaveLength(9);
});

test('a pinned chart comes first', async () => {
  await show();
  const pin = () =>
    screen.getByRole('button', { name: 'Pin the chart of val/f1' });
  fireEvent.click(pin());
  expect(charts()[0]).toBe('val/f1');
  expect(pin().getAttribute('aria-pressed')).toBe('true');
  fireEvent.click(pin());
  expect(charts()[0]).toBe('train/accuracy');
});

test('a chart is moved by its menu, by keys and by dragging', async () => {
  await show();
  const usual = charts();
  const menu = (metric: string) =>
    screen.getByRole<HTMLSelectElement>('combobox', {
      name: `Move the chart of ${metric}`
    });
  fireEvent.change(menu('train/accuracy'), { target: { value: '1' } });
  expect(charts().slice(0, 2)).toEqual(['train/auc', 'train/accuracy']);
  screen.getByText('train/accuracy is chart 2 of 5');
  fireEvent.keyDown(menu('train/accuracy'), { key: 'ArrowLeft', altKey: true });
  expect(charts()).toEqual(usual);
  expect(viewNow().order).toEqual([]);
  // There is nothing before the first, and a plain arrow is for the menu.
  fireEvent.keyDown(menu('train/accuracy'), { key: 'ArrowLeft', altKey: true });
  fireEvent.keyDown(menu('train/accuracy'), { key: 'ArrowRight' });
  expect(charts()).toEqual(usual);
  expect(menu('train/accuracy').options[1].disabled).toBe(true);

  const card = (metric: string) =>
    screen.getByRole('region', { name: `Chart of ${metric}` });
  const drag = (from: string, to: string) => {
    const dataTransfer = { setData: () => undefined };
    const title = within(card(from)).getByRole('heading');
    fireEvent.dragStart(title, { dataTransfer });
    fireEvent.dragOver(card(to));
    fireEvent.drop(card(to));
    fireEvent.dragEnd(title);
  };
  drag('val/loss', 'val/accuracy');
  expect(charts().slice(5, 7)).toEqual(['val/loss', 'val/accuracy']);
  // Sections stay what they are.
  drag('val/loss', 'train/accuracy');
  expect(charts().slice(5, 7)).toEqual(['val/loss', 'val/accuracy']);
});

test('another metric is drawn in a chart, and in its own again', async () => {
  await show();
  fireEvent.change(
    screen.getByLabelText('Draw another metric in the chart of train/loss'),
    { target: { value: 'val/loss' } }
  );
  expect(charts()).not.toContain('val/loss');
  screen.getByRole('region', { name: 'Chart of train/loss, val/loss' });
  fireEvent.click(
    screen.getByRole('button', { name: 'Draw val/loss in a chart of its own' })
  );
  expect(charts()).toContain('val/loss');
});

test('metrics are searched for, and Escape ends that', async () => {
  await show();
  const box = screen.getByRole('textbox', { name: 'Find metrics' });
  fireEvent.change(box, { target: { value: 'f1$' } });
  expect(charts()).toEqual(['train/f1', 'val/f1']);
  screen.getByText('2 of 9 metrics');
  fireEvent.change(box, { target: { value: 'nothing' } });
  expect(charts()).toEqual([]);
  screen.getByText('No metric is called so');
  fireEvent.keyDown(box, { key: 'Escape' });
  expect(charts()).toHaveLength(9);
});

test('how curves are drawn is chosen in the controls', async () => {
  await show();
  const select = (name: string, value: string) =>
    fireEvent.change(screen.getByRole('combobox', { name }), {
      target: { value }
    });
  select('X axis', 'metric:train/lr');
  expect(viewNow()).toMatchObject({ xAxis: 'metric', xMetric: 'train/lr' });
  select('X axis', 'relative');
  expect(viewNow().xAxis).toBe('relative');
  fireEvent.change(screen.getByRole('slider', { name: 'Smoothing' }), {
    target: { value: '60' }
  });
  select('Kind of smoothing', 'centred');
  expect(viewNow()).toMatchObject({
    smoothing: 0.6,
    smoothingKind: 'centred'
  });
  expect(screen.queryByRole('combobox', { name: 'Outliers' })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'More' }));
  select('Outliers', '0.05');
  fireEvent.click(screen.getByRole('checkbox', { name: 'Log Y' }));
  fireEvent.click(screen.getByRole('checkbox', { name: 'Zoom together' }));
  fireEvent.change(screen.getByRole('slider', { name: 'Chart width' }), {
    target: { value: '600' }
  });
  expect(viewNow()).toMatchObject({
    outliers: 0.05,
    logY: true,
    zoomTogether: false,
    chartWidth: 600
  });
  // Time has no powers of ten.
  expect(screen.queryByRole('checkbox', { name: 'Log X' })).toBeNull();
});
