import { expect, test } from 'vitest';

import {
  formatAge,
  formatAlike,
  formatBytes,
  formatDuration,
  formatNumber
} from '../format';
import { trans } from './support';

test.each([
  [0, '0'],
  [12, '12'],
  [-3, '-3'],
  [0.123456, '0.1235'],
  [0.9, '0.9000'],
  [45.3412, '45.34'],
  [0.00012, '0.000120'],
  [0.000012, '1.20e-5'],
  [123456.7, '123457'],
  [1.5e9, '1.50e9'],
  [NaN, 'NaN'],
  [Infinity, '∞'],
  [-Infinity, '-∞']
])('%d is shown as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('different values of a row look different, equal ones alike', () => {
  expect(formatAlike([0.98804, 0.98801, 0.98804, undefined])).toEqual([
    '0.98804',
    '0.98801',
    '0.98804',
    ''
  ]);
  expect(formatAlike([0.5, 0.25])).toEqual(['0.5000', '0.2500']);
});

test.each([
  [-5, '0 ms'],
  [340, '340 ms'],
  [5_120, '5.1 s'],
  [42_900, '42 s'],
  [125_000, '2m 05s'],
  [3_723_000, '1h 02m'],
  [200_000_000, '2d 7h']
])('%d ms are shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, 'just now'],
  [-60_000, 'just now'],
  [34_000, '30 s ago'],
  [60_000, '1 min ago'],
  [7_300_000, '2 h ago'],
  [86_400_000, '1 day ago'],
  [3 * 86_400_000, '3 days ago']
])('%d ms back are %s', (ms, text) => {
  expect(formatAge(1e12, 1e12 + ms, trans)).toBe(text);
});

test('sizes of files are short', () => {
  expect(formatBytes(17)).toBe('17 B');
  expect(formatBytes(20_480)).toBe('20.5 kB');
  expect(formatBytes(5_000_000)).toBe('5.0 MB');
});
