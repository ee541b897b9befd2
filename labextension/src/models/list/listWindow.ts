import type { RunRow } from '../../wire';

/** Rows asked for at once: more than the tallest screen shows. */
export const PAGE = 100;
/** Rows kept ready above and below what is on the screen. */
const MARGIN = 30;
/** The most rows that a page holds of one list. */
export const KEPT = 1_000;

/** The part of a list that was read: rows that follow each other, the first at place `offset`. */
export interface ListWindow {
  readonly offset: number;
  readonly runs: readonly RunRow[];
}

/** Places of a list, counted from 0, both included. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** So many rows from a place on. */
export interface Part {
  readonly offset: number;
  readonly size: number;
}

/** Return what to read next so that these places and some around them are there; null for nothing. */
export function missingPart(
  { offset, runs }: ListWindow,
  shown: Span,
  total: number
): Part | null {
  const end = offset + runs.length;
  const first = Math.max(0, Math.min(shown.first, total - 1) - MARGIN);
  const last = Math.min(total - 1, shown.last + MARGIN);
  if (first >= offset && last < end) {
    return null;
  }
  if (shown.first > end || shown.last < offset - 1 || runs.length === 0) {
    return { offset: pageAround(shown, total), size: PAGE };
  }
  // What is on the screen comes before what only may be.
  if (last >= end && (shown.first >= offset || first >= offset)) {
    return { offset: end, size: PAGE };
  }
  const start = Math.max(0, offset - PAGE);
  return { offset: start, size: offset - start };
}

/** Return what to read again of a list that changed: a page where that shows all that was read. */
export function partToRefresh(
  { offset, runs }: ListWindow,
  shown: Span,
  total: number
): Part {
  return offset === 0 && runs.length <= PAGE
    ? { offset, size: PAGE }
    : { offset: pageAround(shown, total), size: PAGE };
}

/**
 * Return the window with a part that was read: joined where it is next to it, else in its place.
 * What is far from the places shown is forgotten where it can be read again.
 */
export function withPart(
  before: ListWindow,
  { offset, runs }: ListWindow,
  shown: Span,
  forget = true
): ListWindow {
  const end = before.offset + before.runs.length;
  const known = new Set(before.runs.map(run => run.run_id));
  // Where the list moved between two answers one run is in both.
  const fresh = runs.filter(run => !known.has(run.run_id));
  if (offset === end) {
    const all = [...before.runs, ...fresh];
    const window = { offset: before.offset, runs: all };
    return forget ? trimmed(window, shown) : window;
  }
  if (offset < before.offset && offset + runs.length === before.offset) {
    const start = before.offset - fresh.length;
    return trimmed({ offset: start, runs: [...fresh, ...before.runs] }, shown);
  }
  return { offset, runs };
}

/** Return the window with no more rows than a page holds: those around what is shown. */
export function trimmed({ offset, runs }: ListWindow, shown: Span): ListWindow {
  const surplus = runs.length - KEPT;
  if (surplus <= 0) {
    return { offset, runs };
  }
  const middle = Math.floor((shown.first + shown.last) / 2) - offset;
  const start = clamp(middle - KEPT / 2, 0, surplus);
  return { offset: offset + start, runs: runs.slice(start, start + KEPT) };
}

/** Return by how many places the rows have moved down: by as many as came above them. */
export function movedDown(before: ListWindow, after: ListWindow): number {
  const places = new Map(
    before.runs.map((run, at) => [run.run_id, before.offset + at])
  );
  for (const [at, run] of after.runs.entries()) {
    const place = places.get(run.run_id);
    if (place !== undefined) {
      return Math.max(0, after.offset + at - place);
    }
  }
  return 0;
}

function pageAround(shown: Span, total: number): number {
  const middle = Math.floor((shown.first + shown.last) / 2);
  return clamp(middle - PAGE / 2, 0, Math.max(0, total - PAGE));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
