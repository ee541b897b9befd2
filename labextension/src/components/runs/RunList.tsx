import * as React from 'react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import type { Range } from '@tanstack/react-virtual';

import type { Branch } from '../../models/list/branches';
import type { ColorModel } from '../../models/runs/colors';
import type { ListColumn } from '../../models/list/listColumns';
import type { ListItem, ListRows } from '../../models/list/listRows';
import { runsIn } from '../../models/list/listRows';
import { movedDown } from '../../models/list/listWindow';
import type { RunRow } from '../../wire';
import { useColors, useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { GroupListRow } from './GroupListRow';
import { MoreRow } from './MoreRow';
import { RunListRow } from './RunListRow';
import type { MarkActions } from './RunMarks';
import { RunPlaceholder } from './RunPlaceholder';
import { useActivePlace } from './useActivePlace';
import { useRowKeys } from './useRowKeys';

/** Height of a row in pixels; the style sheet has the same. */
export const ROW_HEIGHT = 46;
const OVERSCAN = 8;
/** For so long after a movement of the pointer over the list its rows stay where they are. */
const AIMING = 1_500;

/** What the list shows and tells. */
export interface RunListProps extends MarkActions {
  rows: ListRows;
  /** The runs that were read, the first of them at place `offset` of the list. */
  runs: readonly RunRow[];
  offset: number;
  list: number;
  total: number;
  metric: string | null;
  aligned: readonly ListColumn[];
  inline: readonly ListColumn[];
  /** The metrics that groups tell of, and the name of what they share. */
  groupMetrics: readonly string[];
  groupName: string;
  /** Whether any row can be opened. */
  isTree: boolean;
  curves: ReadonlyMap<string, readonly number[]>;
  experiments: ReadonlyMap<string, string> | null;
  isTicked: (runId: string) => boolean;
  isHidden: (runId: string) => boolean;
  /** A run to bring into view; another object each time. */
  revealed: { runId: string } | null;
  onTick: (runIds: readonly string[], ticked: boolean) => void;
  onTickGroup: (key: string) => void;
  onFold: (key: string) => void;
  onMore: (branch: Branch) => void;
  onOpen: (runId: string) => void;
  /** Put runs into the bin; null where they are in it. */
  onDelete: ((runIds: readonly string[]) => void) | null;
  /** Tells which places of the list are on the screen. */
  onShown: (first: number, last: number) => void;
  onVisible: (runIds: readonly string[]) => void;
}

/** The runs in their order. Only what is on the screen is in the page. */
export function RunList(props: RunListProps): JSX.Element {
  const { rows, runs, offset, total } = props;
  const trans = useTrans();
  const scroller = React.useRef<HTMLDivElement>(null);
  const colors = useColors();
  const active = useActivePlace(rows, scroller);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    getItemKey: index => rows.at(index)?.key ?? index,
    // The row that has the focus must not leave the page.
    rangeExtractor: (range: Range) => withIndex(range, active.place)
  });
  const above = useSteadyRows(props, scroller);
  const fresh = useFreshIds(runs, offset, props.list);
  const { onKeyDown, onTick } = useRowKeys({
    ...props,
    activeIndex: active.place,
    pageSize: Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT),
    setActive: index => {
      virtualizer.scrollToIndex(index);
      active.focus(index);
    }
  });
  const items = virtualizer.getVirtualItems();
  // The row with the focus is in the page wherever it is: not all items are on the screen.
  useRanges(props, virtualizer.range?.startIndex, virtualizer.range?.endIndex);
  useReveal(props, index => {
    virtualizer.scrollToIndex(index, { align: 'center' });
    active.focus(index);
  });
  // Rows that are still being read are alike: they are moved, not made anew. One with the focus stays.
  const isPlace = (index: number) =>
    rows.at(index) === undefined && index !== active.place;

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
          {items.map(({ index, start, key }, slot) => (
            <ListRow
              key={isPlace(index) ? `place:${slot}` : key}
              list={props}
              item={rows.at(index)}
              index={index}
              top={start}
              isActive={index === active.place}
              fresh={fresh}
              colors={colors}
              onTick={onTick}
              onFocus={active.onFocus}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** The row at an index, whatever it is. */
function ListRow(props: {
  list: RunListProps;
  item: ListItem | undefined;
  index: number;
  top: number;
  isActive: boolean;
  fresh: ReadonlySet<string>;
  colors: ColorModel;
  onTick: (runId: string, extend: boolean) => void;
  onFocus: (key: string) => void;
}): JSX.Element {
  const { list, item, index, top, isActive, onFocus } = props;
  if (item === undefined) {
    return <RunPlaceholder index={index} top={top} isActive={isActive} />;
  }
  if (item.kind === 'more') {
    const { branch, depth } = item;
    const place = { index, top, depth, isActive };
    return <MoreRow branch={branch} {...place} onMore={list.onMore} />;
  }
  const { depth, count, isOpen } = item;
  const { aligned, inline, metric, isTree } = list;
  const place = { index, top, depth, count, isOpen, isTree, isActive };
  const columns = { aligned, inline, metric };
  if (item.kind === 'group') {
    return (
      <GroupListRow
        {...place}
        {...columns}
        rowKey={item.key}
        group={item.group}
        name={list.groupName}
        metrics={list.groupMetrics}
        onTick={list.onTickGroup}
        onFold={list.onFold}
        onFocus={onFocus}
      />
    );
  }
  const { run } = item;
  const isHidden = list.isHidden(run.run_id);
  return (
    <RunListRow
      {...place}
      {...columns}
      run={run}
      curve={isHidden ? undefined : list.curves.get(run.run_id)}
      color={props.colors.colorOf(run.run_id)}
      isTicked={list.isTicked(run.run_id)}
      isHidden={isHidden}
      isNew={props.fresh.has(run.run_id)}
      experiment={list.experiments?.get(run.experiment_id) ?? null}
      onOpen={list.onOpen}
      onTick={props.onTick}
      onFold={list.onFold}
      onFavourite={list.onFavourite}
      onHide={list.onHide}
      onFocus={onFocus}
    />
  );
}

function withIndex(range: Range, index: number): number[] {
  const shown = defaultRangeExtractor(range);
  return index >= range.count || shown.includes(index)
    ? shown
    : [...shown, index].sort((a, b) => a - b);
}

/** Tell which places and which runs are on the screen. */
function useRanges(
  props: RunListProps,
  first: number | undefined,
  last: number | undefined
): void {
  const { rows, onShown, onVisible } = props;
  React.useEffect(() => {
    if (first === undefined || last === undefined) {
      return;
    }
    onVisible(runsIn(rows.between(first, last)).map(run => run.run_id));
    const places = rows.places(first, last);
    onShown(places.first, places.last);
  }, [rows, first, last, onShown, onVisible]);
}

/** Bring a run into view when that is asked for, also if it is read only later. */
function useReveal(props: RunListProps, reveal: (index: number) => void): void {
  const { rows, revealed } = props;
  const done = React.useRef<object | null>(null);
  React.useEffect(() => {
    const index = revealed ? rows.indexOf(revealed.runId) : -1;
    if (revealed && done.current !== revealed && index >= 0) {
      done.current = revealed;
      reveal(index);
    }
  });
}

/** Return the ids of runs that appeared after the list was first shown. */
function useFreshIds(
  runs: readonly RunRow[],
  offset: number,
  list: number
): ReadonlySet<string> {
  const known = React.useRef({ list: -1, offset: 0, ids: new Set<string>() });
  const fresh = React.useRef<ReadonlySet<string>>(new Set());
  return React.useMemo(() => {
    const isOther = known.current.list !== list;
    const before = isOther ? null : known.current.ids;
    const ids = new Set(runs.map(run => run.run_id));
    // Rows that are read while one scrolls are not new ones.
    const isTop = offset === 0 && known.current.offset === 0;
    if (before && isTop && runs.some(run => !before.has(run.run_id))) {
      const first = runs.findIndex(run => before.has(run.run_id));
      const count = Math.max(0, first);
      fresh.current = new Set(runs.slice(0, count).map(run => run.run_id));
    } else if (isOther) {
      fresh.current = new Set();
    }
    known.current = { list, offset, ids };
    return fresh.current;
  }, [runs, offset, list]);
}

/**
 * Keep the rows under the eye (and under the pointer that is about to click) in place when newer
 * runs appear above them; returns how many are out of sight up there.
 */
function useSteadyRows(
  props: RunListProps,
  scroller: React.RefObject<HTMLDivElement>
) {
  const { runs, offset, list } = props;
  const [count, setCount] = React.useState(0);
  const before = React.useRef({ runs, offset, list });
  const aimedAt = React.useRef(0);
  React.useLayoutEffect(() => {
    const old = before.current;
    before.current = { runs, offset, list };
    const node = scroller.current;
    if (!node) {
      return;
    }
    if (old.list !== list) {
      node.scrollTop = 0;
      setCount(0);
      return;
    }
    const added = movedDown(old, before.current);
    const isAiming = Date.now() - aimedAt.current < AIMING;
    if (added > 0 && (node.scrollTop > 0 || isAiming)) {
      node.scrollTop += added * ROW_HEIGHT;
      setCount(shown => shown + added);
    }
  }, [runs, offset, list, scroller]);
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
