import * as React from 'react';

import type { RunRow } from '../../wire';

/** Which row of the list the keyboard is at. */
export interface ActivePlace {
  readonly place: number;
  /** Go to a place; its row gets the focus when it is in the page. */
  focus: (place: number) => void;
  /** Take note of the run that got the focus. */
  onFocus: (runId: string) => void;
}

/**
 * The place of the row that has the focus. It follows its run through the list, and stays where it
 * was once the run is not there; where the run at a place is still being read the focus waits.
 */
export function useActivePlace(
  list: { runs: readonly RunRow[]; offset: number; total: number },
  scroller: React.RefObject<HTMLElement>
): ActivePlace {
  const { runs, offset, total } = list;
  const [at, setAt] = React.useState<At>({ runId: null, place: 0 });
  const isWaiting = React.useRef(false);
  const found = runs.findIndex(run => run.run_id === at.runId);
  const last = Math.max(total, offset + runs.length) - 1;
  const place = Math.min(found < 0 ? at.place : offset + found, last);
  const latest = React.useRef(list);
  latest.current = list;

  const focus = React.useCallback(
    (to: number) => {
      const run = latest.current.runs[to - latest.current.offset];
      isWaiting.current = run === undefined;
      setAt({ runId: run?.run_id ?? null, place: to });
      focusSoon(
        scroller.current,
        run
          ? `[data-run-id="${CSS.escape(run.run_id)}"]`
          : `[data-place="${to}"]`
      );
    },
    [scroller]
  );
  const onFocus = React.useCallback((runId: string) => {
    const { runs: rows, offset: first } = latest.current;
    isWaiting.current = false;
    const row = rows.findIndex(run => run.run_id === runId);
    setAt({ runId, place: first + Math.max(0, row) });
  }, []);
  React.useEffect(() => {
    if (isWaiting.current && runs[at.place - offset] !== undefined) {
      focus(at.place);
    }
  }, [runs, offset, at, focus]);
  return { place: Math.max(0, place), focus, onFocus };
}

interface At {
  runId: string | null;
  /** Where the run was when it got the focus. */
  place: number;
}

/** Focus a row once it is in the page. */
function focusSoon(scroller: HTMLElement | null, selector: string): void {
  window.requestAnimationFrame(() => {
    const row = scroller?.querySelector<HTMLElement>(selector);
    row?.focus({ preventScroll: true });
  });
}
