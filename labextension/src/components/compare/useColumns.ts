import * as React from 'react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';

/** Up to so many columns are all in the page. */
const MOST_IN_PAGE = 24;
const OVERSCAN = 3;

/** Which columns of a table are in the page, and how wide the ones beside them are. */
export interface Columns {
  /** Indices of the columns, in their order. */
  readonly shown: readonly number[];
  /** Pixels left of them and right of them; 0 where nothing is left out. */
  readonly before: number;
  readonly after: number;
  readonly isVirtual: boolean;
}

/** Return the columns of these widths that are on the screen; the first `pinned` ones always are. */
export function useColumns(
  widths: readonly number[],
  scroller: React.RefObject<HTMLElement>,
  pinned: number
): Columns {
  const count = widths.length;
  const isVirtual = count > MOST_IN_PAGE;
  const virtualizer = useVirtualizer({
    horizontal: true,
    count,
    enabled: isVirtual,
    getScrollElement: () => scroller.current,
    estimateSize: i => widths[i],
    overscan: OVERSCAN,
    rangeExtractor: range => [
      ...new Set([...indices(pinned), ...defaultRangeExtractor(range)])
    ]
  });
  const told = widths.join();
  React.useEffect(() => virtualizer.measure(), [virtualizer, told]);
  if (!isVirtual) {
    return { shown: indices(count), before: 0, after: 0, isVirtual };
  }
  const shown = virtualizer
    .getVirtualItems()
    .map(item => item.index)
    .filter(index => index < count);
  const first = shown.find(index => index >= pinned) ?? pinned;
  const last = shown[shown.length - 1] ?? -1;
  return {
    shown,
    before: sum(widths.slice(pinned, first)),
    after: sum(widths.slice(last + 1)),
    isVirtual
  };
}

/** Return the sum of some numbers. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
