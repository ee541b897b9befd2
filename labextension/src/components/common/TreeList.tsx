import * as React from 'react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';

import { Icon } from './icons';

/** A line of a tree that is open as far as people opened it. */
export interface TreeRow {
  readonly id: string;
  readonly depth: number;
  /** Whether it can be opened; null where it cannot. */
  readonly isOpen: boolean | null;
  readonly label: React.ReactNode;
  /** What is told of the line beyond its label, at its end. */
  readonly end?: React.ReactNode;
  /** What typing letters looks for. */
  readonly text: string;
}

/** What a tree tells. */
export interface TreeListProps {
  label: string;
  rows: readonly TreeRow[];
  chosen: string | null;
  rowHeight: number;
  onToggle: (id: string) => void;
  onChoose: (id: string) => void;
}

const OVERSCAN = 12;
const TYPING = 800;

/** A tree with as many lines as one likes, of which the page holds those on the screen. */
export function TreeList(props: TreeListProps): JSX.Element {
  const { rows, chosen, rowHeight } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = React.useState<string | null>(chosen);
  React.useEffect(() => setActiveId(chosen), [chosen]);
  const found = rows.findIndex(row => row.id === activeId);
  const active = Math.max(0, found);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    getItemKey: index => rows[index].id,
    rangeExtractor: range => {
      const shown = defaultRangeExtractor(range);
      return shown.includes(active) || active >= range.count
        ? shown
        : [...shown, active].sort((a, b) => a - b);
    }
  });
  const focus = (index: number) => {
    const row = rows[index];
    if (!row) {
      return;
    }
    setActiveId(row.id);
    virtualizer.scrollToIndex(index);
    window.requestAnimationFrame(() => {
      scroller.current
        ?.querySelector<HTMLElement>(`[data-index="${index}"]`)
        ?.focus({ preventScroll: true });
    });
  };
  const onKeyDown = useTreeKeys(props, active, focus);
  return (
    <div ref={scroller} className="jp-tracker-tree" onKeyDown={onKeyDown}>
      <div
        role="tree"
        aria-label={props.label}
        className="jp-tracker-tree-content"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {virtualizer.getVirtualItems().map(({ index, start }) => (
          <TreeLine
            key={rows[index].id}
            {...props}
            row={rows[index]}
            index={index}
            top={start}
            isActive={index === active}
            isChosen={rows[index].id === chosen}
          />
        ))}
      </div>
    </div>
  );
}

function TreeLine(
  props: TreeListProps & {
    row: TreeRow;
    index: number;
    top: number;
    isActive: boolean;
    isChosen: boolean;
  }
): JSX.Element {
  const { row, index, top, isActive, isChosen, rowHeight } = props;
  const isBranch = row.isOpen !== null;
  return (
    <div
      role="treeitem"
      aria-level={row.depth + 1}
      aria-expanded={row.isOpen ?? undefined}
      aria-selected={isChosen}
      tabIndex={isActive ? 0 : -1}
      className="jp-tracker-tree-row"
      data-index={index}
      data-id={row.id}
      style={{
        top,
        height: rowHeight,
        paddingLeft: 4 + row.depth * 14
      }}
      onClick={() => {
        if (isBranch) {
          props.onToggle(row.id);
        }
        props.onChoose(row.id);
      }}
    >
      <span className="jp-tracker-tree-twist" data-open={row.isOpen}>
        {isBranch && <Icon name="chevron" size={12} />}
      </span>
      {row.label}
      {row.end}
    </div>
  );
}

/** The keys of trees: arrows walk, open and close; Enter chooses; letters look for a name. */
function useTreeKeys(
  props: TreeListProps,
  active: number,
  focus: (index: number) => void
): (event: React.KeyboardEvent) => void {
  const { rows } = props;
  const typed = React.useRef({ text: '', at: 0 });
  return event => {
    const row = rows[active];
    const isOnRow = (event.target as HTMLElement).getAttribute('role');
    if (!row || isOnRow !== 'treeitem') {
      return;
    }
    const parent = () => {
      for (let i = active - 1; i >= 0; i--) {
        if (rows[i].depth < row.depth) {
          return i;
        }
      }
      return active;
    };
    const move: Record<string, () => void> = {
      ArrowDown: () => focus(Math.min(rows.length - 1, active + 1)),
      ArrowUp: () => focus(Math.max(0, active - 1)),
      Home: () => focus(0),
      End: () => focus(rows.length - 1),
      ArrowRight: () =>
        row.isOpen === false
          ? props.onToggle(row.id)
          : row.isOpen && focus(Math.min(rows.length - 1, active + 1)),
      ArrowLeft: () => (row.isOpen ? props.onToggle(row.id) : focus(parent())),
      Enter: () => choose(),
      ' ': () => choose()
    };
    const choose = () => {
      if (row.isOpen !== null) {
        props.onToggle(row.id);
      }
      props.onChoose(row.id);
    };
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (move[event.key] && isPlain) {
      move[event.key]();
    } else if (event.key.length === 1 && isPlain) {
      const now = Date.now();
      const before = now - typed.current.at < TYPING ? typed.current.text : '';
      const text = before + event.key.toLowerCase();
      typed.current = { text, at: now };
      const order = rows.map(
        (_, i) => (active + (before ? 0 : 1) + i) % rows.length
      );
      const match = order.find(i =>
        rows[i].text.toLowerCase().startsWith(text)
      );
      if (match !== undefined) {
        focus(match);
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
}
