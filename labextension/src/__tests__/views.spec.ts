import { Signal } from '@lumino/signaling';
import { expect, test, vi } from 'vitest';

import type { CurveView } from '../models/charts/curveView';
import { CURVE_DEFAULTS } from '../models/charts/curveView';
import { OwnView } from '../models/views/ownView';
import {
  Preferences,
  unusualIn,
  USUAL_VIEW
} from '../models/views/preferences';
import { SavedViews } from '../models/views/savedViews';
import { decodePlace, encodePlace } from '../models/views/viewLink';

const PLACE = {
  folder: 'étude/ü',
  runIds: ['a', 'b'],
  kept: {
    runIds: ['a', 'b'],
    baseline: 'b',
    view: { ...USUAL_VIEW, chart: 'code', smoothing: 0.5 }
  }
};

test('a link names the runs and what is not as usual, and nothing else', () => {
  const link = encodePlace(PLACE);
  expect(link).toMatch(/^[\w-]+$/);
  expect(decodePlace(link)).toEqual({
    folder: 'étude/ü',
    runIds: ['a', 'b'],
    kept: { baseline: 'b', view: { chart: 'code', smoothing: 0.5 } }
  });
});

test.each([
  '',
  '%%%',
  btoa('{"folder": 3}'),
  btoa('[]'),
  btoa('{"folder":""}')
])('what is no link opens nothing: %j', text => {
  expect(decodePlace(text)).toBeNull();
});

test('views are kept under their names, and found again', async () => {
  const store = {
    composite: {
      views: [{ name: 'old', ...PLACE }, { name: 3 }, null] as unknown
    },
    changed: new Signal<object, void>({}),
    set(_key: string, value: unknown) {
      this.composite = { views: value };
      this.changed.emit();
      return Promise.resolve();
    }
  };
  const views = new SavedViews(store);
  const told = vi.fn();
  views.changed.connect(told);
  expect(views.all.map(({ name }) => name)).toEqual(['old']);
  await views.save({ ...PLACE, name: 'best' });
  await views.save({ ...PLACE, runIds: ['c'], name: 'old' });
  expect(views.all.map(({ name, runIds }) => [name, runIds])).toEqual([
    ['best', ['a', 'b']],
    ['old', ['c']]
  ]);
  await views.remove('best');
  expect(views.find('best')).toBeUndefined();
  expect(told).toHaveBeenCalledTimes(3);
});

test('each comparison has its own view, and the last change is where the next begins', () => {
  const shared = new Preferences();
  const first = new OwnView(shared, { chart: 'box', smoothing: 'much' });
  const second = new OwnView(shared);
  expect([first.view.chart, first.view.smoothing]).toEqual(['box', 0]);
  second.setView({ chart: 'scatter' });
  expect(first.view.chart).toBe('box');
  expect(new OwnView(shared).view.chart).toBe('scatter');
  const told = vi.fn();
  first.changed.connect(told);
  second.turnDirection('loss');
  expect(first.directionOf('loss')).toBe('higher');
  expect(told).toHaveBeenCalled();
});

test('what charts are zoomed to is of one comparison, and goes into its link', () => {
  const shared = new Preferences();
  const own = new OwnView(shared);
  const zooms = { '': { x: [2, 5], y: null } } as const;
  own.setView({ zooms });
  own.setView({ order: ['loss', 'accuracy'] });
  expect(shared.view.zooms).toEqual({});
  expect(shared.view.order).toEqual(['loss', 'accuracy']);
  const link = encodePlace({ ...PLACE, kept: { view: own.view } });
  const opened = new OwnView(new Preferences(), decodePlace(link)?.kept.view);
  expect(opened.view.zooms).toEqual(zooms);
  expect(opened.view.order).toEqual(['loss', 'accuracy']);
});

test.each([
  [[]],
  [{ loss: { x: [5, 2], y: null } }],
  [{ loss: { x: [0, null], y: null } }],
  [{ loss: { x: [1, 2, 3], y: null } }],
  [{ loss: null }]
])('what is no zoom is left out: %j', zooms => {
  const view = new OwnView(new Preferences(), { zooms });
  expect(view.view.zooms).toEqual({});
});

test('of a view that is kept, what is as usual and what it is no part of is left out', () => {
  const own = new OwnView(new Preferences());
  expect(unusualIn(own.view, CURVE_DEFAULTS)).toEqual({});
  const zooms = { '': { x: [3, 7] as const, y: null } };
  own.setView({ zooms, chart: 'box', pinned: [] });
  expect(unusualIn<CurveView>(own.view, CURVE_DEFAULTS)).toEqual({ zooms });
  expect(new OwnView(new Preferences(), { zooms }).view.zooms).toEqual(zooms);
});
