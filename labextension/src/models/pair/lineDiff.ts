import type { ComparedCellRow, LineRow } from '../../wire';

/** Lines that are shown, or equal ones that are folded away. */
export interface Hunk {
  readonly isFolded: boolean;
  readonly lines: readonly LineRow[];
}

/** Equal lines that are shown before and after what differs. */
const CONTEXT = 3;
/** Fewer lines than this are not worth folding. */
const FEWEST_FOLDED = 4;

/** Return the lines in hunks: those near a difference are shown, long equal stretches folded. */
export function hunksOf(lines: readonly LineRow[]): Hunk[] {
  const isNear = lines.map((_, i) =>
    lines
      .slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1)
      .some(line => line.kind !== 'equal')
  );
  return groupBy(lines, i => isNear[i]).map(group => ({
    isFolded: !group.value && group.items.length >= FEWEST_FOLDED,
    lines: group.items
  }));
}

/** Cells one after the other that are equal, or one that is not. */
export type CellGroup =
  | { readonly kind: 'equal'; readonly cells: readonly ComparedCellRow[] }
  | { readonly kind: 'other'; readonly cell: ComparedCellRow };

/** Return the cells with those that are equal and in their place put together. */
export function cellGroups(cells: readonly ComparedCellRow[]): CellGroup[] {
  const isSame = (i: number) => cells[i].kind === 'equal' && !cells[i].is_moved;
  return groupBy(cells, isSame).flatMap((group): CellGroup[] =>
    group.value
      ? [{ kind: 'equal', cells: group.items }]
      : group.items.map(cell => ({ kind: 'other', cell }))
  );
}

/** How many cells of each kind there are. */
export interface CellCounts {
  changed: number;
  added: number;
  removed: number;
  moved: number;
  equal: number;
}

/** Count the cells; a cell that was moved may have been changed as well. */
export function countCells(cells: readonly ComparedCellRow[]): CellCounts {
  const counts = { changed: 0, added: 0, removed: 0, moved: 0, equal: 0 };
  for (const cell of cells) {
    counts[cell.kind] += 1;
    counts.moved += Number(cell.is_moved);
  }
  return counts;
}

/** Return what a cell says as lines, also where only one run has it or both have the same. */
export function linesOf(cell: ComparedCellRow): LineRow[] {
  if (cell.lines.length > 0) {
    return cell.lines;
  }
  const left = cell.left?.source.split('\n') ?? [];
  const right = cell.right?.source.split('\n') ?? [];
  const length = Math.max(left.length, right.length);
  return Array.from({ length }, (_, i) => ({
    kind: cell.kind,
    left: segments(left[i]),
    right: segments(right[i]),
    left_number: left[i] === undefined ? null : i + 1,
    right_number: right[i] === undefined ? null : i + 1
  }));
}

function segments(text: string | undefined) {
  return text === undefined ? [] : [{ text, is_changed: false }];
}

function groupBy<T, V>(
  items: readonly T[],
  valueAt: (i: number) => V
): { value: V; items: T[] }[] {
  const groups: { value: V; items: T[] }[] = [];
  items.forEach((item, i) => {
    const value = valueAt(i);
    const last = groups[groups.length - 1];
    if (last && last.value === value) {
      last.items.push(item);
    } else {
      groups.push({ value, items: [item] });
    }
  });
  return groups;
}
