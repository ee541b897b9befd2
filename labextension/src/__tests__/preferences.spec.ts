import { expect, test } from 'vitest';

import { Preferences } from '../models/views/preferences';
import { SelectionModel } from '../models/runs/selection';

test('what was preferred survives a reload', () => {
  const before = new Preferences();
  before.setView({ smoothing: 0.6, xAxis: 'wall', differencesOnly: true });
  before.turnDirection('alpha');
  const after = new Preferences();
  after.restore(JSON.parse(JSON.stringify(before)));
  expect(after.view).toEqual(before.view);
  expect(after.directionOf('alpha')).toBe('lower');
});

test.each([
  [null],
  [{ view: { smoothing: 7, split: 'x', xAxis: 'sideways', logY: 1 } }],
  [{ view: 3, directions: [['loss', 'sideways'], 5] }]
])('what cannot have been kept is left out: %j', saved => {
  const preferences = new Preferences();
  const { view } = preferences;
  preferences.restore(saved);
  expect(preferences.view).toEqual(view);
  expect(preferences.directionOf('loss')).toBe('lower');
});

test('the direction of a metric turns round', () => {
  const preferences = new Preferences();
  const turned = [1, 2, 3].map(() => {
    preferences.turnDirection('loss');
    return preferences.directionOf('loss');
  });
  expect(turned).toEqual(['higher', 'none', 'lower']);
});

test('runs are ticked in order, and told of only when something changes', () => {
  const selection = new SelectionModel();
  let told = 0;
  selection.changed.connect(() => (told += 1));
  selection.toggle('b');
  selection.setAll(['a', 'b'], true);
  expect(selection.runIds).toEqual(['b', 'a']);
  selection.setAll(['a'], true);
  selection.setAll(['b', 'x'], false);
  expect(selection.runIds).toEqual(['a']);
  selection.clear();
  selection.clear();
  expect([selection.runIds, told]).toEqual([[], 4]);
});
