import * as React from 'react';

import type { RunRow } from '../../wire';

/** What the keyboard of the list works on. */
export interface RowKeysOptions {
  runs: readonly RunRow[];
  offset: number;
  total: number;
  /** The place in the list of the row that has the focus. */
  activeIndex: number;
  pageSize: number;
  isTicked: (runId: string) => boolean;
  setActive: (index: number) => void;
  onTick: (runIds: readonly string[], ticked: boolean) => void;
  onOpen: (runId: string) => void;
  onDelete: ((runIds: readonly string[]) => void) | null;
}

/** What the list does with keys and clicks. */
export interface RowKeys {
  onKeyDown: (event: React.KeyboardEvent) => void;
  onTick: (runId: string, extend: boolean) => void;
}

/**
 * Arrows, Page Up and Down, Home and End move; with Shift they tick on the way. Space ticks, Enter
 * opens, Delete puts into the bin, Ctrl or Cmd+A ticks all. A click with Shift ticks up to the row ticked before.
 */
export function useRowKeys(options: RowKeysOptions): RowKeys {
  const latest = React.useRef(options);
  latest.current = options;
  const anchor = React.useRef<string | null>(null);

  const onTick = React.useCallback((runId: string, extend: boolean) => {
    const { runs, isTicked, onTick: tick } = latest.current;
    const ids = runs.map(run => run.run_id);
    const from = anchor.current === null ? -1 : ids.indexOf(anchor.current);
    const to = ids.indexOf(runId);
    if (extend && from >= 0 && to >= 0) {
      tick(ids.slice(Math.min(from, to), Math.max(from, to) + 1), true);
    } else {
      tick([runId], !isTicked(runId));
    }
    anchor.current = runId;
  }, []);

  const onKeyDown = React.useCallback(
    (event: React.KeyboardEvent) => {
      const { runs, offset, activeIndex, setActive } = latest.current;
      const { onOpen, onDelete } = latest.current;
      const active: RunRow | undefined = runs[activeIndex - offset];
      if (event.altKey) {
        return;
      }
      const to = targetOf(event.key, latest.current);
      if (to !== null && !event.ctrlKey && !event.metaKey) {
        if (event.shiftKey) {
          const [from, until] = [activeIndex, to].sort((a, b) => a - b);
          const passed = runs.slice(
            Math.max(0, from - offset),
            Math.max(0, until + 1 - offset)
          );
          const ids = passed.map(run => run.run_id);
          latest.current.onTick(ids, true);
        }
        setActive(to);
      } else if (!active) {
        return;
      } else if (event.key === ' ') {
        onTick(active.run_id, event.shiftKey);
      } else if (event.key === 'Enter') {
        onOpen(active.run_id);
      } else if (event.key === 'Delete' && onDelete) {
        onDelete([active.run_id]);
      } else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
        const ids = runs.map(run => run.run_id);
        latest.current.onTick(ids, true);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
    [onTick]
  );
  return { onKeyDown, onTick };
}

function targetOf(key: string, options: RowKeysOptions): number | null {
  const { activeIndex, pageSize, runs, offset } = options;
  const last = Math.max(options.total, offset + runs.length) - 1;
  const moves: Record<string, number> = {
    ArrowUp: activeIndex - 1,
    ArrowDown: activeIndex + 1,
    PageUp: activeIndex - pageSize,
    PageDown: activeIndex + pageSize,
    Home: 0,
    End: last
  };
  return key in moves ? Math.min(Math.max(moves[key], 0), last) : null;
}
