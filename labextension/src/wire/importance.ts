/** Which params a metric needs to be foretold. */

/** At most 1,000 runs. */
export interface ImportanceRequest {
  folder: string;
  run_ids: string[];
  metric: string;
}

/** How much worse the metric is foretold where the param is shuffled, and how sure that is. */
export interface ImportanceRow {
  key: string;
  importance: number;
  spread: number;
}

/**
 * `score` is the R2 of runs that the forest did not see; null where nothing was computed.
 * `left_out` counts params beyond the most that are looked at.
 */
export interface ImportanceAnswer {
  state: 'computed' | 'not_installed' | 'too_few_runs' | 'no_params';
  params: ImportanceRow[];
  score: number | null;
  runs: number;
  left_out: number;
}
