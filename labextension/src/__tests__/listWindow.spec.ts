import { expect, test } from 'vitest';

import {
  KEPT,
  missingPart,
  movedDown,
  PAGE,
  trimmed,
  withPart
} from '../models/list/listWindow';
import type { ListWindow } from '../models/list/listWindow';
import { run } from './support';

function part(offset: number, size: number): ListWindow {
  const runs = Array.from({ length: size }, (_, i) => run(`r${offset + i}`));
  return { offset, runs };
}

const ids = (window: ListWindow) => window.runs.map(row => row.run_id);

test('nothing is missing of what is on the screen and near it', () => {
  const window = part(100, 200);
  expect(missingPart(window, { first: 150, last: 170 }, 9_000)).toBeNull();
  expect(missingPart(part(0, 30), { first: 0, last: 29 }, 30)).toBeNull();
});

test('what comes into view next is read', () => {
  const window = part(100, 200);
  expect(missingPart(window, { first: 260, last: 280 }, 9_000)).toEqual({
    offset: 300,
    size: PAGE
  });
  expect(missingPart(window, { first: 110, last: 130 }, 9_000)).toEqual({
    offset: 0,
    size: 100
  });
});

test('a place far away is read alone, with what is around it', () => {
  const window = part(100, 200);
  const far = missingPart(window, { first: 5_000, last: 5_020 }, 9_000);
  expect(far).toEqual({ offset: 4_960, size: PAGE });
  const last = missingPart(window, { first: 8_980, last: 8_999 }, 9_000);
  expect(last).toEqual({ offset: 9_000 - PAGE, size: PAGE });
});

test('a part that is next to the others joins them', () => {
  const window = part(100, 50);
  const shown = { first: 120, last: 130 };
  const after = withPart(window, part(150, 10), shown);
  expect(after).toMatchObject({ offset: 100 });
  expect(ids(after)).toEqual(ids(part(100, 60)));
  const before = withPart(window, part(90, 10), shown);
  expect(before).toMatchObject({ offset: 90 });
  expect(ids(before)).toEqual(ids(part(90, 60)));
  expect(ids(withPart(window, part(500, 10), shown))).toEqual(
    ids(part(500, 10))
  );
});

test('a run that moved between two answers is listed once', () => {
  const window = part(0, 50);
  const runs = [run('r49'), run('r50')];
  const after = withPart(window, { offset: 50, runs }, { first: 0, last: 9 });
  expect(ids(after)).toEqual(ids(part(0, 51)));
});

test('rows far from what is shown are forgotten', () => {
  const window = part(0, KEPT + 500);
  const low = trimmed(window, { first: 1_400, last: 1_420 });
  expect([low.offset, low.runs.length]).toEqual([500, KEPT]);
  expect(ids(low)[0]).toBe('r500');
  expect(trimmed(window, { first: 0, last: 20 }).offset).toBe(0);
});

test('rows that came above are told from rows that were read above', () => {
  const window = part(100, 50);
  expect(movedDown(window, { ...window, offset: 103 })).toBe(3);
  expect(movedDown(window, part(50, 100))).toBe(0);
  expect(movedDown(window, part(500, 50))).toBe(0);
  const { runs } = window;
  expect(movedDown(window, { offset: 100, runs: runs.slice(1) })).toBe(0);
});
