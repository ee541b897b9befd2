import * as React from 'react';

import { FAVOURITE } from '../../models/runs/edits';
import type { ListItem, ListRows } from '../../models/list/listRows';
import { runsIn } from '../../models/list/listRows';
import type { RunRow } from '../../wire';
import type { MarkActions } from './RunMarks';

/** What the keyboard of the list works on. */
export interface RowKeysOptions extends MarkActions {
  rows: ListRows;
  /** The index of the row that has the focus. */
  activeIndex: number;
  pageSize: number;
  isTicked: (runId: string) => boolean;
  isHidden: (runId: string) => boolean;
  setActive: (index: number) => void;
  onTick: (runIds: readonly string[], ticked: boolean) => void;
  onTickGroup: (key: string) => void;
  onFold: (key: string) => void;
  onOpen: (runId: string) => void;
  onDelete: ((runIds: readonly string[]) => void) | null;
}

/** What the list does with keys and clicks. */
export interface RowKeys {
  onKeyDown: (event: React.KeyboardEvent) => void;
  onTick: (runId: string, extend: boolean) => void;
}

/**
 * Arrows, Page Up and Down, Home and End move; with Shift they tick on the way. Right and Left open
 * and close what is below a row. Space ticks, Enter opens, Delete puts into the bin, Ctrl or Cmd+A
 * ticks all, F marks a favourite, H hides from charts. A click with Shift ticks up to the row ticked
 * before.
 */
export function useRowKeys(options: RowKeysOptions): RowKeys {
  const latest = React.useRef(options);
  latest.current = options;
  const anchor = React.useRef<string | null>(null);

  const onTick = React.useCallback((runId: string, extend: boolean) => {
    const { rows, isTicked, onTick: tick } = latest.current;
    const from = anchor.current === null ? -1 : rows.indexOf(anchor.current);
    const to = rows.indexOf(runId);
    if (extend && from >= 0 && to >= 0) {
      tick(idsBetween(rows, from, to), true);
    } else {
      tick([runId], !isTicked(runId));
    }
    anchor.current = runId;
  }, []);

  const onKeyDown = React.useCallback(
    (event: React.KeyboardEvent) => {
      if (event.altKey) {
        return;
      }
      const options = latest.current;
      const { rows, activeIndex } = options;
      const item = rows.at(activeIndex);
      const isWide = event.ctrlKey || event.metaKey;
      const to = targetOf(event.key, options);
      if (to !== null && !isWide) {
        if (event.shiftKey) {
          options.onTick(idsBetween(rows, activeIndex, to), true);
        }
        options.setActive(to);
      } else if (event.key === 'a' && isWide) {
        const ids = runsIn(rows.items).map(run => run.run_id);
        options.onTick(ids, true);
      } else if (isWide || !item || !onRowKey(event, item, options, onTick)) {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
    [onTick]
  );
  return { onKeyDown, onTick };
}

/** Do what a key says about one row; returns whether it says anything. */
function onRowKey(
  { key, shiftKey }: React.KeyboardEvent,
  item: ListItem,
  options: RowKeysOptions,
  onTick: RowKeys['onTick']
): boolean {
  if (item.kind === 'more') {
    return false;
  }
  if (key === 'ArrowRight' || key === 'ArrowLeft') {
    fold(key === 'ArrowRight', item, options);
    return true;
  }
  if (item.kind === 'run') {
    return onRunKey(key, item.run, options, () =>
      onTick(item.run.run_id, shiftKey)
    );
  }
  if (key === ' ') {
    options.onTickGroup(item.key);
  } else if (key === 'Enter') {
    options.onFold(item.key);
  }
  return key === ' ' || key === 'Enter';
}

function onRunKey(
  key: string,
  run: RunRow,
  options: RowKeysOptions,
  tick: () => void
): boolean {
  const { run_id } = run;
  const actions: Record<string, (() => void) | undefined> = {
    ' ': tick,
    Enter: () => options.onOpen(run_id),
    Delete: () => options.onDelete?.([run_id]),
    f: () => options.onFavourite(run_id, run.tags[FAVOURITE] !== 'true'),
    h: () => options.onHide(run_id, !options.isHidden(run_id))
  };
  const action = actions[key];
  action?.();
  return action !== undefined;
}

/** Open or close a row; Left on a row that is closed goes to the one above that it is below of. */
function fold(
  opens: boolean,
  item: ListItem & { kind: 'run' | 'group' },
  options: RowKeysOptions
): void {
  const { rows, activeIndex } = options;
  if (item.count > 0 && item.isOpen !== opens) {
    options.onFold(item.key);
  } else if (opens) {
    if (item.isOpen) {
      options.setActive(Math.min(activeIndex + 1, rows.length - 1));
    }
  } else if (item.depth > 0) {
    for (let at = activeIndex - 1; at >= 0; at--) {
      const above = rows.at(at);
      if (!above || above.depth < item.depth) {
        options.setActive(at);
        return;
      }
    }
  }
}

function idsBetween(rows: ListRows, a: number, b: number): string[] {
  const items = rows.between(Math.min(a, b), Math.max(a, b));
  return runsIn(items).map(run => run.run_id);
}

function targetOf(key: string, options: RowKeysOptions): number | null {
  const { activeIndex, pageSize, rows } = options;
  const last = rows.length - 1;
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
