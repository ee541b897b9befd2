/** Points of metrics. */

import type { WireNumber } from './message';

/**
 * `since` is the cursor of an earlier answer: only later points are wanted. `start_step` and
 * `end_step`, both included, ask for a part of the series instead, sampled on its own.
 */
export interface SeriesRequest {
  run_id: string;
  key: string;
  since?: number;
  start_step?: number;
  end_step?: number;
}

/** At most 200 series; `max_points` of a sampled one: 10 to 5,000. */
export interface HistoryRequest {
  folder: string;
  series: SeriesRequest[];
  max_points?: number;
}

/**
 * Columns of equal length. Where `since` is not 0 these points follow the ones of that cursor, in
 * the order logged; where it is 0 they replace what was there, in step order.
 */
export interface SeriesRow {
  run_id: string;
  key: string;
  since: number;
  steps: number[];
  timestamps: number[];
  values: WireNumber[];
  total: number;
  cursor: number;
}

export interface HistoryAnswer {
  series: SeriesRow[];
}
