import type { GroupRow, RunRow } from '../../wire';
import type { Branch, Stem } from './branches';
import { stemKey } from './branches';
import type { Span } from './listWindow';
import type { Children } from '../runs/nested';
import type { RunsState } from './runsState';

/** A row of the list. `depth` counts from 0; `count` runs are below it. */
export type ListItem =
  | {
      readonly kind: 'run';
      readonly key: string;
      readonly run: RunRow;
      readonly depth: number;
      readonly count: number;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly group: GroupRow;
      readonly depth: number;
      readonly count: number;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: 'more';
      readonly key: string;
      readonly branch: Branch;
      readonly depth: number;
    };

type Open = ReadonlyMap<string, Branch>;

/** Rows that stand below the run at a place of the list. */
interface Block {
  readonly after: number;
  readonly items: readonly ListItem[];
}

interface Segment {
  readonly start: number;
  readonly items: readonly ListItem[];
}

/** Runs nested deeper than this are opened in their own view. */
const DEEPEST = 8;

/** All rows of the list by their index, those that were read and places of those that were not. */
export class ListRows {
  constructor(
    readonly length: number,
    private readonly _segments: readonly Segment[],
    private readonly _blocks: readonly Block[]
  ) {}

  /** All rows that were read, in their order. */
  get items(): readonly ListItem[] {
    return this._segments.flatMap(({ items }) => items);
  }

  /** Return the row at an index; undefined where it was not read. */
  at(index: number): ListItem | undefined {
    const segment = this._segments.find(
      ({ start, items }) => index >= start && index < start + items.length
    );
    return segment?.items[index - segment.start];
  }

  /** Return the index of a row; -1 where it was not read. */
  indexOf(key: string): number {
    for (const { start, items } of this._segments) {
      const at = items.findIndex(item => item.key === key);
      if (at >= 0) {
        return start + at;
      }
    }
    return -1;
  }

  /** Return the rows between two indices, both included, as far as they were read. */
  between(first: number, last: number): ListItem[] {
    return this._segments.flatMap(({ start, items }) =>
      items.slice(Math.max(0, first - start), Math.max(0, last + 1 - start))
    );
  }

  /** Return which places of the list itself stand between two indices. */
  places(first: number, last: number): Span {
    return { first: this._placeOf(first), last: this._placeOf(last) };
  }

  private _placeOf(index: number): number {
    let inserted = 0;
    for (const { after, items } of this._blocks) {
      const start = after + 1 + inserted;
      if (index < start) {
        break;
      }
      if (index < start + items.length) {
        return after;
      }
      inserted += items.length;
    }
    return index - inserted;
  }
}

/**
 * Return the rows of the list: groups, or runs in their places, and what is open below them.
 * `places` remembers where the runs stand that are open; it grows.
 */
export function listRows(
  state: RunsState,
  groups: readonly GroupRow[],
  open: Open,
  places: Map<string, number>
): ListRows {
  if (state.groupBy !== '') {
    const items = groupItems(groups, open);
    return new ListRows(items.length, [{ start: 0, items }], []);
  }
  const { runs, offset, children } = state;
  const blocks = blocksOf(state, open, places);
  const length = blocks.reduce(
    (sum, { items }) => sum + items.length,
    Math.max(state.total, offset + runs.length)
  );
  const shown = new Map(blocks.map(block => [block.after, block.items]));
  const segments: Segment[] = [];
  let inserted = 0;
  for (const { after, items } of blocks) {
    if (after < offset) {
      segments.push({ start: after + 1 + inserted, items });
      inserted += items.length;
    }
  }
  const items = runs.flatMap((run, i) => [
    runItem(run, 0, children, open),
    ...(shown.get(offset + i) ?? [])
  ]);
  segments.push({ start: offset + inserted, items });
  inserted += items.length - runs.length;
  for (const { after, items } of blocks) {
    if (after >= offset + runs.length) {
      segments.push({ start: after + 1 + inserted, items });
      inserted += items.length;
    }
  }
  return new ListRows(length, segments, blocks);
}

/** Return what opens below a row; null where nothing is. */
export function stemOf(item: ListItem): Stem | null {
  if (item.kind === 'more' || item.count === 0) {
    return null;
  }
  return item.kind === 'group'
    ? { kind: 'group', value: item.group.value }
    : { kind: 'run', runId: item.run.run_id };
}

/** Return the runs among these rows. */
export function runsIn(items: readonly ListItem[]): RunRow[] {
  return items.flatMap(item => (item.kind === 'run' ? [item.run] : []));
}

/** Return what is open below runs of the list itself, by their places. */
function blocksOf(
  { runs, offset, children }: RunsState,
  open: Open,
  places: Map<string, number>
): Block[] {
  if (children === null || open.size === 0) {
    return [];
  }
  runs.forEach((run, i) => {
    const key = stemKey({ kind: 'run', runId: run.run_id });
    if (open.has(key)) {
      places.set(key, offset + i);
    }
  });
  const blocks: Block[] = [];
  for (const [key, branch] of open) {
    const after = places.get(key);
    if (after !== undefined) {
      blocks.push({ after, items: branchItems(branch, open, 1) });
    }
  }
  return blocks.sort((a, b) => a.after - b.after);
}

function groupItems(groups: readonly GroupRow[], open: Open): ListItem[] {
  return groups.flatMap((group): ListItem[] => {
    const key = stemKey({ kind: 'group', value: group.value });
    const branch = open.get(key);
    const { count } = group;
    const isOpen = branch !== undefined;
    return [
      { kind: 'group', key, group, depth: 0, count, isOpen },
      // A group's runs are no run's children here: their keys tell them from each other.
      ...(branch ? branchItems(branch, open, 1) : [])
    ];
  });
}

function runItem(
  run: RunRow,
  depth: number,
  children: Children,
  open: Open
): ListItem {
  const count = depth < DEEPEST ? (children?.get(run.run_id) ?? 0) : 0;
  const isOpen =
    count > 0 && open.has(stemKey({ kind: 'run', runId: run.run_id }));
  return { kind: 'run', key: run.run_id, run, depth, count, isOpen };
}

function branchItems(branch: Branch, open: Open, depth: number): ListItem[] {
  const items: ListItem[] = [];
  for (const run of branch.runs) {
    const item = runItem(run, depth, branch.children, open);
    items.push(item);
    const below = open.get(stemKey({ kind: 'run', runId: run.run_id }));
    if (item.kind === 'run' && item.isOpen && below) {
      items.push(...branchItems(below, open, depth + 1));
    }
  }
  if (branch.isLoading || branch.nextToken !== null || branch.error) {
    const key = `more:${stemKey(branch.stem)}`;
    items.push({ kind: 'more', key, branch, depth });
  }
  return items;
}
