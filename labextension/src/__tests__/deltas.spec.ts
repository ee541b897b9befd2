import { expect, test } from 'vitest';

import type { Delta } from '../models/compare/deltas';
import { deltaOf } from '../models/compare/deltas';
import type { Direction } from '../models/runs/metrics';

test.each<[number | undefined, number | undefined, Direction, Delta | null]>([
  [0.5, 0.25, 'lower', { text: '+0.250 (+100 %)', tone: 'worse' }],
  [0.5, 0.25, 'higher', { text: '+0.250 (+100 %)', tone: 'better' }],
  [0.9, 1, 'lower', { text: '−0.100 (−10 %)', tone: 'better' }],
  [0.9, 1, 'none', { text: '−0.100 (−10 %)', tone: 'neutral' }],
  [1, -2, 'higher', { text: '+3 (+150 %)', tone: 'better' }],
  [2, 0, 'higher', { text: '+2', tone: 'better' }],
  [1, 1, 'higher', { text: '±0', tone: 'neutral' }],
  [NaN, 1, 'higher', null],
  [Infinity, 1, 'higher', null],
  [undefined, 1, 'higher', null],
  [1, undefined, 'higher', null]
])('%j beside %j where %s is better is %j', (value, base, direction, delta) => {
  expect(deltaOf(value, base, direction)).toEqual(delta);
});
