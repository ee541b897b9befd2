import * as React from 'react';

import { dashOfRun } from '../../models/charts/dashes';
import type { RunRow } from '../../wire';
import { useColors } from '../common/context';

/** How a run looks in every chart. */
export interface Look {
  readonly runId: string;
  readonly name: string;
  /** When it began, in ms. */
  readonly start: number;
  readonly color: string;
  readonly dash: readonly number[];
}

/** Return how runs look: the same objects while nothing of it changes. */
export function useLooks(
  runs: readonly RunRow[],
  /** All runs of the view, in whose order lines get their strokes. */
  all: readonly RunRow[]
): readonly Look[] {
  const colors = useColors();
  const order = new Map(all.map((run, i) => [run.run_id, i]));
  const looks = runs.map(run => ({
    runId: run.run_id,
    name: run.run_name,
    start: run.start_time,
    color: colors.colorOf(run.run_id),
    dash: dashOfRun(order.get(run.run_id) ?? 0)
  }));
  const kept = React.useRef(looks);
  if (JSON.stringify(looks) !== JSON.stringify(kept.current)) {
    kept.current = looks;
  }
  return kept.current;
}

/** Return the same array as before while its items are the same. */
export function useStable<T>(items: readonly T[]): readonly T[] {
  const kept = React.useRef(items);
  const isSame =
    kept.current.length === items.length &&
    items.every((item, i) => Object.is(item, kept.current[i]));
  if (!isSame) {
    kept.current = items;
  }
  return kept.current;
}
