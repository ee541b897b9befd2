import { expect, test } from 'vitest';

import {
  centredAverage,
  movingAverage,
  smoothingUnit
} from '../components/charts/smoothing';

const VALUES = [5, 1, 4, 2, 8, 3, 9, 1];
const STEPS = VALUES.map((_, i) => 10 * i);
/** `pandas.Series(values).ewm(alpha=0.2, adjust=True).mean()` */
const EWM = [
  5, 2.7777777777777777, 3.2786885245901636, 2.8455284552845526,
  4.378867206092337, 4.005117529707693, 5.269189031599747, 4.243222625188794
];
/** `pandas.Series(values).rolling(5, center=True, min_periods=1).mean()` */
const ROLLING = [
  3.3333333333333335, 3, 4, 3.6, 5.2, 4.6, 5.25, 4.333333333333333
];

test('over even steps the averages are those of pandas', () => {
  const unit = smoothingUnit(STEPS, VALUES.length);
  expect(unit).toBe(10);
  movingAverage(STEPS, VALUES, 0.8, unit).forEach((value, i) =>
    expect(value).toBeCloseTo(EWM[i], 12)
  );
  centredAverage(STEPS, VALUES, 2 / 3, unit).forEach((value, i) =>
    expect(value).toBeCloseTo(ROLLING[i], 12)
  );
});

test('a constant stays what it is however much it is smoothed', () => {
  const [steps, values] = [
    [0, 1, 5, 6],
    [2, 2, 2, 2]
  ];
  for (const smooth of [movingAverage, centredAverage]) {
    smooth(steps, values, 0.99, 2).forEach(value =>
      expect(value).toBeCloseTo(2, 12)
    );
  }
});

test('what is no number does not spoil the average', () => {
  for (const smooth of [movingAverage, centredAverage]) {
    const values = [...smooth([0, 1, 2], [1, NaN, 1], 0.5, 1)];
    expect(values).toEqual([1, NaN, 1]);
    expect(smooth([0, 1], [1, Infinity], 0.5, 1)[1]).toBe(Infinity);
  }
});

test('points of the same step count like neighbours', () => {
  const unit = smoothingUnit([3, 3, 3], 3);
  expect(movingAverage([3, 3, 3], [0, 1, 1], 0.5, unit)[1]).toBeCloseTo(2 / 3);
  expect([...centredAverage([3, 3, 3], [0, 3, 6], 0.5, unit)]).toEqual([
    3, 3, 3
  ]);
});

test('a curve is as smooth where more of its points are read', () => {
  const jump = (step: number) => (step < 50_000 ? 0 : 1);
  const every = (n: number) =>
    Array.from({ length: 100_000 / n }, (_, i) => i * n);
  const smoothAt = (steps: number[], at: number) => {
    const unit = smoothingUnit(steps, 100_000);
    const index = steps.findIndex(step => step >= at);
    return [movingAverage, centredAverage].map(
      smooth => smooth(steps, steps.map(jump), 0.95, unit)[index]
    );
  };
  const coarse = every(100);
  const fine = coarse.flatMap(step =>
    step >= 40_000 && step < 60_000 ? every(1).slice(step, step + 100) : [step]
  );
  const [average, centred] = smoothAt(coarse, 51_000);
  // 1,000 steps are ten hundredths of the curve's thousand parts.
  expect(average).toBeCloseTo(1 - 0.95 ** 11, 2);
  expect(centred).toBeCloseTo(30 / 39, 2);
  const [averageFine, centredFine] = smoothAt(fine, 51_000);
  expect(Math.abs(average - averageFine)).toBeLessThan(0.04);
  expect(Math.abs(centred - centredFine)).toBeLessThan(0.04);
});
