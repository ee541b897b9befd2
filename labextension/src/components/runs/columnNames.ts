import type { TranslationBundle } from '@jupyterlab/translation';

import type { ListColumn } from '../../models/list/listColumns';

/** Return what people call a column. */
export function columnName(
  column: ListColumn,
  trans: TranslationBundle
): string {
  if (column.kind === 'metric') {
    switch (column.summary) {
      case 'min':
        return trans.__('%1 (min)', column.key);
      case 'max':
        return trans.__('%1 (max)', column.key);
      default:
        return column.key;
    }
  }
  if (column.kind === 'run') {
    return {
      age: trans.__('Started'),
      duration: trans.__('Duration'),
      user: trans.__('User'),
      source: trans.__('Source')
    }[column.key];
  }
  return column.key;
}

const WIDTHS = {
  metric: 84,
  param: 84,
  tag: 96,
  age: 96,
  duration: 76,
  user: 84,
  source: 120
};

/** A letter of a column's head and what stands beside its letters, in pixels. */
const LETTER = 7;
const BESIDE = 26;
const WIDEST = 168;

/** Return how wide a column is where columns stand below each other: its head is read, within reason. */
export function columnWidth(column: ListColumn): number {
  if (column.kind === 'run') {
    return WIDTHS[column.key];
  }
  const isOf = column.kind === 'metric' && column.summary !== 'last';
  const letters = column.key.length + (isOf ? ' (min)'.length : 0);
  const wished = Math.min(letters * LETTER + BESIDE, WIDEST);
  return Math.max(wished, WIDTHS[column.kind]);
}

/** Whether what stands in a column is read as a number. */
export function isNumeric(column: ListColumn): boolean {
  const { kind, key } = column;
  return kind === 'metric' || kind === 'param' || key === 'duration';
}

const TICK = 32;
const NAME = 200;
const METRIC = 150;

/** Return how many of the columns fit beside the name in a list of that width. */
export function fittingColumns(
  columns: readonly ListColumn[],
  width: number,
  hasMetric: boolean
): number {
  let left = width - TICK - NAME - (hasMetric ? METRIC : 0);
  const tooWide = columns.findIndex(column => {
    left -= columnWidth(column);
    return left < 0;
  });
  return tooWide < 0 ? columns.length : tooWide;
}
