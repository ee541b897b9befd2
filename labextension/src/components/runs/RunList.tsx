import * as React from 'react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import type { Range } from '@tanstack/react-virtual';

import { prependedCount } from '../../models/rows';
import type { RunRow } from '../../wire';
import { useColors, useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { RunListRow } from './RunListRow';
import { useRowKeys } from './useRowKeys';

/** Height of a row in pixels; the style sheet has the same. */
export const ROW_HEIGHT = 46;
const OVERSCAN = 8;
const NEAR_END = 40;
/** For so long after a movement of the pointer over the list its rows stay where they are. */
const AIMING = 1_500;

/** What the list shows and tells. */
export interface RunListProps {
  runs: readonly RunRow[];
  list: number;
  total: number;
  metric: string | null;
  curves: ReadonlyMap<string, readonly number[]>;
  experiments: ReadonlyMap<string, string> | null;
  isTicked: (runId: string) => boolean;
  /** A run to bring into view; another object each time. */
  revealed: { runId: string } | null;
  onTick: (runIds: readonly string[], ticked: boolean) => void;
  onOpen: (runId: string) => void;
  /** Put runs into the bin; null where they are in it. */
  onDelete: ((runIds: readonly string[]) => void) | null;
  onNearEnd: () => void;
  onVisible: (runIds: readonly string[]) => void;
}

/** The runs in their order. Only what is on the screen is in the page. */
export function RunList(props: RunListProps): JSX.Element {
  const { runs, total } = props;
  const trans = useTrans();
  const colors = useColors();
  const scroller = React.useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = React.useState<string | null>(null);
  const activeIndex = Math.max(
    0,
    runs.findIndex(run => run.run_id === activeId)
  );
  const virtualizer = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    getItemKey: index => runs[index].run_id,
    // The row that has the focus must not leave the page.
    rangeExtractor: (range: Range) => withIndex(range, activeIndex)
  });
  const above = useSteadyRows(props, scroller);
  const fresh = useFreshIds(runs, props.list);
  const { onKeyDown, onTick } = useRowKeys({
    ...props,
    activeIndex,
    pageSize: Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT),
    setActive: index => {
      setActiveId(runs[index].run_id);
      virtualizer.scrollToIndex(index);
      focusRow(scroller.current, runs[index].run_id);
    }
  });
  const items = virtualizer.getVirtualItems();
  useRanges(props, items[0]?.index, items[items.length - 1]?.index);
  useReveal(props, index => {
    setActiveId(runs[index].run_id);
    virtualizer.scrollToIndex(index, { align: 'center' });
    focusRow(scroller.current, runs[index].run_id);
  });

  return (
    <div role="rowgroup" className="jp-tracker-list">
      {above.count > 0 && (
        <button
          type="button"
          className="jp-tracker-newer"
          onClick={() => scroller.current?.scrollTo({ top: 0 })}
        >
          <Icon name="up" size={12} />
          {trans._n('%1 new run', '%1 new runs', above.count)}
        </button>
      )}
      <div
        ref={scroller}
        role="presentation"
        className="jp-tracker-list-scroller"
        data-total={total}
        onKeyDown={onKeyDown}
        onScroll={above.onScroll}
        onPointerMove={above.onPointerMove}
        onPointerLeave={above.onPointerLeave}
      >
        <div
          role="presentation"
          className="jp-tracker-list-content"
          style={{ height: virtualizer.getTotalSize() }}
        >
          {items.map(({ index, start }) => {
            const run = runs[index];
            return (
              <RunListRow
                key={run.run_id}
                run={run}
                index={index}
                top={start}
                metric={props.metric}
                curve={props.curves.get(run.run_id)}
                color={colors.colorOf(run.run_id)}
                isTicked={props.isTicked(run.run_id)}
                isActive={index === activeIndex}
                isNew={fresh.has(run.run_id)}
                experiment={props.experiments?.get(run.experiment_id) ?? null}
                onOpen={props.onOpen}
                onTick={onTick}
                onFocus={setActiveId}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function withIndex(range: Range, index: number): number[] {
  const shown = defaultRangeExtractor(range);
  return index >= range.count || shown.includes(index)
    ? shown
    : [...shown, index].sort((a, b) => a - b);
}

/** Focus a row once it is in the page. */
function focusRow(scroller: HTMLElement | null, runId: string): void {
  window.requestAnimationFrame(() => {
    const row = scroller?.querySelector<HTMLElement>(
      `[data-run-id="${CSS.escape(runId)}"]`
    );
    row?.focus({ preventScroll: true });
  });
}

/** Tell which rows are on the screen, and when the last one is near. */
function useRanges(
  props: RunListProps,
  first: number | undefined,
  last: number | undefined
): void {
  const { runs, onNearEnd, onVisible } = props;
  React.useEffect(() => {
    if (first === undefined || last === undefined) {
      return;
    }
    onVisible(runs.slice(first, last + 1).map(run => run.run_id));
    if (last >= runs.length - NEAR_END) {
      onNearEnd();
    }
  }, [runs, first, last, onNearEnd, onVisible]);
}

/** Bring a run into view when that is asked for, also if it is read only later. */
function useReveal(props: RunListProps, reveal: (index: number) => void): void {
  const { runs, revealed } = props;
  const done = React.useRef<object | null>(null);
  React.useEffect(() => {
    const index = runs.findIndex(run => run.run_id === revealed?.runId);
    if (revealed && done.current !== revealed && index >= 0) {
      done.current = revealed;
      reveal(index);
    }
  });
}

/** Return the ids of runs that appeared after the list was first shown. */
function useFreshIds(
  runs: readonly RunRow[],
  list: number
): ReadonlySet<string> {
  const known = React.useRef({ list: -1, ids: new Set<string>() });
  const fresh = React.useRef<ReadonlySet<string>>(new Set());
  return React.useMemo(() => {
    const isOther = known.current.list !== list;
    const before = isOther ? null : known.current.ids;
    const ids = new Set(runs.map(run => run.run_id));
    if (before && runs.some(run => !before.has(run.run_id))) {
      const count = runs.findIndex(run => before.has(run.run_id));
      fresh.current = new Set(runs.slice(0, count).map(run => run.run_id));
    } else if (isOther) {
      fresh.current = new Set();
    }
    known.current = { list, ids };
    return fresh.current;
  }, [runs, list]);
}

/**
 * Keep the rows under the eye (and under the pointer that is about to click) in place when newer
 * runs appear above them; returns how many are out of sight up there.
 */
function useSteadyRows(
  props: RunListProps,
  scroller: React.RefObject<HTMLDivElement>
) {
  const { runs, list } = props;
  const [count, setCount] = React.useState(0);
  const before = React.useRef({ runs, list });
  const aimedAt = React.useRef(0);
  React.useLayoutEffect(() => {
    const old = before.current;
    before.current = { runs, list };
    const node = scroller.current;
    if (!node) {
      return;
    }
    if (old.list !== list) {
      node.scrollTop = 0;
      setCount(0);
      return;
    }
    const added = prependedCount(old.runs, runs);
    const isAiming = Date.now() - aimedAt.current < AIMING;
    if (added > 0 && (node.scrollTop > 0 || isAiming)) {
      node.scrollTop += added * ROW_HEIGHT;
      setCount(shown => shown + added);
    }
  }, [runs, list, scroller]);
  return {
    count,
    onScroll: () => {
      if ((scroller.current?.scrollTop ?? 0) < ROW_HEIGHT / 2) {
        setCount(0);
      }
    },
    onPointerMove: () => {
      aimedAt.current = Date.now();
    },
    onPointerLeave: () => {
      aimedAt.current = 0;
    }
  };
}
