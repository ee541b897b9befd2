import { recordOf } from '../saved';
import type { Section } from './table';

/** How a person arranged the table: which rows, in which order, and how wide the columns are. */
export interface TableLayout {
  /** Rows that are not shown, as `rowId` names them. */
  readonly hidden: readonly string[];
  /** Rows that stand above all sections, in this order. */
  readonly pinned: readonly string[];
  /** Rows that were moved, in the order that they have among themselves. */
  readonly order: readonly string[];
  /** Pixels of the column of names; 0 for as wide as there is room. */
  readonly nameWidth: number;
  /** Pixels of a run's column, where it was not pulled itself. */
  readonly runWidth: number;
  /** Pixels of single runs' columns. */
  readonly widths: Readonly<Record<string, number>>;
}

export const USUAL_LAYOUT: TableLayout = {
  hidden: [],
  pinned: [],
  order: [],
  nameWidth: 0,
  runWidth: 0,
  widths: {}
};

/** Columns are not pulled narrower or wider than this. */
export const NARROWEST = 70;
export const WIDEST = 800;

/** Return what names a row among all others, also after a reload. */
export function rowId(row: { kind: string; key: string }): string {
  return `${row.kind}:${row.key}`;
}

/** Return the sections as they were arranged: the pinned rows first, without the hidden ones. */
export function arranged(
  sections: readonly Section[],
  layout: TableLayout,
  pinnedLabel: string
): Section[] {
  const hidden = new Set(layout.hidden);
  const pinned = new Set(layout.pinned);
  const all = new Map(
    sections.flatMap(({ rows }) => rows.map(row => [rowId(row), row] as const))
  );
  const top = layout.pinned.flatMap(id => {
    const row = all.get(id);
    return row && !hidden.has(id) ? [row] : [];
  });
  const rest = sections.map(section => ({
    ...section,
    rows: ordered(section.rows, layout.order).filter(
      row => !hidden.has(rowId(row)) && !pinned.has(rowId(row))
    )
  }));
  return [
    { kind: 'pinned' as const, label: pinnedLabel, rows: top },
    ...rest
  ].filter(({ rows }) => rows.length > 0);
}

/** Return the layout with a row pinned, or not pinned any more. */
export function withPinned(
  layout: TableLayout,
  id: string,
  isPinned: boolean
): TableLayout {
  const others = layout.pinned.filter(one => one !== id);
  return { ...layout, pinned: isPinned ? [...others, id] : others };
}

/** Return the layout with rows hidden, or shown again. */
export function withHidden(
  layout: TableLayout,
  ids: readonly string[],
  isHidden: boolean
): TableLayout {
  const others = layout.hidden.filter(one => !ids.includes(one));
  return { ...layout, hidden: isHidden ? [...others, ...ids] : others };
}

/**
 * Return the layout with a row moved to the place of another among `ids`, which are all rows of
 * its section as they stand.
 */
export function withMoved(
  layout: TableLayout,
  ids: readonly string[],
  id: string,
  place: number
): TableLayout {
  const moved = movedTo(ids, id, place);
  if (ids.every(one => layout.pinned.includes(one))) {
    const others = layout.pinned.filter(one => !ids.includes(one));
    return { ...layout, pinned: [...moved, ...others] };
  }
  const others = layout.order.filter(one => !ids.includes(one));
  return { ...layout, order: [...others, ...moved] };
}

/** Return the items with one of them at another place. */
export function movedTo<T>(items: readonly T[], item: T, place: number): T[] {
  const others = items.filter(one => one !== item);
  const at = Math.min(Math.max(place, 0), others.length);
  return [...others.slice(0, at), item, ...others.slice(at)];
}

/** Whether something that was kept is a layout. */
export function isTableLayout(value: unknown): boolean {
  const { hidden, pinned, order, nameWidth, runWidth, widths } =
    recordOf(value);
  return (
    [hidden, pinned, order].every(
      ids => Array.isArray(ids) && ids.every(id => typeof id === 'string')
    ) &&
    [nameWidth, runWidth, ...Object.values(recordOf(widths))].every(isWidth)
  );
}

function isWidth(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= WIDEST;
}

/** Rows that were moved keep their order among themselves, before those that were not. */
function ordered<R extends { kind: string; key: string }>(
  rows: readonly R[],
  order: readonly string[]
): R[] {
  const places = new Map(order.map((id, i) => [id, i]));
  const placeOf = (row: R) => places.get(rowId(row)) ?? order.length;
  return [...rows].sort((a, b) => placeOf(a) - placeOf(b));
}
