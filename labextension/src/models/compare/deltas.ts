import { formatNumber } from '../../format';
import type { Direction } from '../runs/metrics';

/** How far a value lies from the baseline's. */
export interface Delta {
  readonly text: string;
  /** Whether that is better or worse, where the metric has a direction. */
  readonly tone: 'better' | 'worse' | 'neutral';
}

/** Return the difference and its share of the baseline; null where there is nothing to compare. */
export function deltaOf(
  value: number | undefined,
  base: number | undefined,
  direction: Direction
): Delta | null {
  if (value === undefined || base === undefined) {
    return null;
  }
  const difference = value - base;
  if (!Number.isFinite(difference)) {
    return null;
  }
  return {
    text: textOf(difference, base),
    tone: toneOf(difference, direction)
  };
}

function textOf(difference: number, base: number): string {
  if (difference === 0) {
    return '±0';
  }
  const share = (100 * difference) / Math.abs(base);
  const absolute = signed(difference, formatNumber(Math.abs(difference), 3));
  return Number.isFinite(share) && Math.abs(share) < 100_000
    ? `${absolute} (${signed(share, percent(Math.abs(share)))} %)`
    : absolute;
}

function toneOf(difference: number, direction: Direction): Delta['tone'] {
  if (difference === 0 || direction === 'none') {
    return 'neutral';
  }
  return difference > 0 === (direction === 'higher') ? 'better' : 'worse';
}

function percent(share: number): string {
  return share.toFixed(share < 9.95 ? 1 : 0);
}

/** A real minus sign is as wide as a plus. */
function signed(value: number, text: string): string {
  return `${value < 0 ? '−' : '+'}${text}`;
}
