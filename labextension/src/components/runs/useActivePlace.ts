import * as React from 'react';

import type { ListRows } from '../../models/list/listRows';

/** Which row of the list the keyboard is at. */
export interface ActivePlace {
  readonly place: number;
  /** Go to a place; its row gets the focus when it is in the page. */
  focus: (place: number) => void;
  /** Take note of the row that got the focus. */
  onFocus: (key: string) => void;
}

/**
 * The place of the row that has the focus. It follows its row through the list, and stays where it
 * was once the row is not there; where the row at a place is still being read the focus waits.
 */
export function useActivePlace(
  rows: ListRows,
  scroller: React.RefObject<HTMLElement>
): ActivePlace {
  const [key, setKey] = React.useState<string | null>(null);
  const last = React.useRef(0);
  const waiting = React.useRef<number | null>(null);
  const at = key === null ? -1 : rows.indexOf(key);
  const place = Math.min(at < 0 ? last.current : at, rows.length - 1);
  last.current = Math.max(0, place);
  const [, drawAgain] = React.useReducer((count: number) => count + 1, 0);

  // Before the page is painted: a row that takes the place of one being read keeps its focus.
  React.useLayoutEffect(() => {
    const to = waiting.current;
    const item = to === null ? undefined : rows.at(to);
    if (item !== undefined) {
      waiting.current = null;
      setKey(item.key);
      focusSoon(scroller.current, `[data-place="${to}"]`);
    }
  });
  return {
    place: last.current,
    focus: to => {
      waiting.current = to;
      last.current = to;
      setKey(null);
      drawAgain();
      focusSoon(scroller.current, `[data-place="${to}"]`);
    },
    onFocus: focused => {
      waiting.current = null;
      setKey(focused);
    }
  };
}

/** Focus a row, now or once it is in the page. */
function focusSoon(scroller: HTMLElement | null, selector: string): void {
  const focus = () => {
    const row = scroller?.querySelector<HTMLElement>(selector);
    row?.focus({ preventScroll: true });
    return row;
  };
  if (!focus()) {
    window.requestAnimationFrame(focus);
  }
}
