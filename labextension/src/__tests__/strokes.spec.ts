import { expect, test } from 'vitest';

import { Strokes } from '../components/charts/strokes';

type Point = [number, number];

/** Stroke lines, given as their points, and return the points of each stroke's lines. */
function strokesOf(...lines: Point[][]): Point[][][] {
  const found: Point[][][] = [];
  let path: Point[][] = [];
  const strokes = new Strokes({
    beginPath: () => (path = []),
    moveTo: (x, y) => path.push([[x, y]]),
    lineTo: (x, y) => path[path.length - 1].push([x, y]),
    stroke: () => found.push(path)
  });
  for (const [first, ...rest] of lines) {
    strokes.moveTo(...first);
    rest.forEach(point => strokes.lineTo(...point));
  }
  strokes.finish();
  return found;
}

const line = (from: number, to: number): Point[] =>
  Array.from({ length: to - from }, (_, i) => [from + i, (from + i) % 7]);

test('a short line is one stroke', () => {
  expect(strokesOf(line(0, 40))).toEqual([[line(0, 40)]]);
});

test('a long line is stroked in parts, each from the last piece of the one before', () => {
  const parts = strokesOf(line(0, 1_000)).map(([part]) => part);
  expect(parts.length).toBeGreaterThan(10);
  for (const [i, part] of parts.slice(1).entries()) {
    expect(part.slice(0, 2)).toEqual(parts[i].slice(-2));
  }
  const joined = parts.flatMap((part, i) => (i === 0 ? part : part.slice(2)));
  expect(joined).toEqual(line(0, 1_000));
});

test('a gap stays a gap', () => {
  const [first, ...rest] = strokesOf(line(0, 70), line(80, 90));
  expect(first).toEqual([line(0, 51)]);
  expect(rest).toEqual([[line(49, 70), line(80, 90)]]);
});
