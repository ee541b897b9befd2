import * as React from 'react';

import type { CompareState } from '../../models/compare/compare';
import type { TableLayout } from '../../models/compare/tableLayout';
import { NARROWEST, WIDEST } from '../../models/compare/tableLayout';
import { useSize } from '../charts/useSize';
import { sum } from './useColumns';

const NAME_SHARE = 0.3;
const NAME_WIDTHS = [104, 200] as const;
/** Where there is less room than this a column is as narrow as numbers allow. */
const SMALL_ROOM = 460;
const RUN_WIDTH = 190;
const SMALL_RUN_WIDTH = 132;
/** Columns that stay take no more of the room than this. */
const MOST_PINNED = 0.65;

/** How wide the columns are, and which of them stay where they are. */
export interface Widths {
  readonly name: number;
  readonly runs: readonly number[];
  /** How many of the first columns stay beside the names. */
  readonly pinned: number;
  /** Where each of those stays, in pixels from the left. */
  readonly lefts: readonly number[];
}

/** Return the widths as they were pulled, else as there is room. */
export function useWidths(
  state: CompareState,
  layout: TableLayout,
  scroller: React.RefObject<HTMLElement>
): Widths {
  const room = useSize(scroller).width;
  const { runs, baseline, pinned } = state;
  const usual = room < SMALL_ROOM ? SMALL_RUN_WIDTH : RUN_WIDTH;
  const [least, most] = NAME_WIDTHS;
  const name =
    layout.nameWidth || Math.min(most, Math.max(least, room * NAME_SHARE));
  const widths = runs.map(
    run => layout.widths[run.run_id] ?? (layout.runWidth || usual)
  );
  const isPinned = (id: string) => id === baseline || pinned.has(id);
  const others = runs.findIndex(run => !isPinned(run.run_id));
  const wished = others < 0 ? 0 : others;
  const stay = name + sum(widths.slice(0, wished));
  const count = room > 0 && stay > MOST_PINNED * room ? 0 : wished;
  return {
    name,
    runs: widths,
    pinned: count,
    lefts: widths.slice(0, count).map((_, i) => name + sum(widths.slice(0, i)))
  };
}

/** Return a width that a column can have. */
export function bounded(width: number): number {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
}
