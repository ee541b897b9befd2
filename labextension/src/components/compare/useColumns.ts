import * as React from 'react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';

/** Up to so many columns are all in the page, each as wide as its contents. */
const MOST_IN_PAGE = 24;
/** Width of a column where there are more, in pixels; the style sheet has the same. */
const WIDTH = 190;
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

/** Return the columns that are on the screen; the first stays where `isFirstPinned`. */
export function useColumns(
  count: number,
  scroller: React.RefObject<HTMLElement>,
  isFirstPinned: boolean
): Columns {
  const isVirtual = count > MOST_IN_PAGE;
  const virtualizer = useVirtualizer({
    horizontal: true,
    count,
    enabled: isVirtual,
    getScrollElement: () => scroller.current,
    estimateSize: () => WIDTH,
    overscan: OVERSCAN,
    rangeExtractor: range => {
      const shown = defaultRangeExtractor(range);
      return isFirstPinned && shown[0] !== 0 ? [0, ...shown] : shown;
    }
  });
  if (!isVirtual) {
    return { shown: indices(count), before: 0, after: 0, isVirtual };
  }
  const shown = virtualizer.getVirtualItems().map(item => item.index);
  const pinned = isFirstPinned ? 1 : 0;
  const first = shown.find(index => index >= pinned) ?? pinned;
  const last = shown[shown.length - 1] ?? -1;
  return {
    shown,
    before: (first - pinned) * WIDTH,
    after: (count - 1 - last) * WIDTH,
    isVirtual
  };
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
