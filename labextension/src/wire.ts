/**
 * The JSON shapes between the panel and the server: `python/tracker/server/wire.py` in TypeScript.
 *
 * `tests/fixtures/wire.json` is checked against both. All times are ms since 1970 UTC.
 */

/** JSON has no NaN; the three special floats travel as text. */
export type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** State of a run. */
export type RunStatus =
  'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

/** The store that answered. Where `exists` is false nothing was recorded yet. */
export interface StoreRow {
  uri: string;
  exists: boolean;
  revision: number;
}

export interface ExperimentRow {
  experiment_id: string;
  name: string;
  lifecycle_stage: string;
  creation_time: number | null;
  last_update_time: number | null;
  run_count: number;
}

export interface ExperimentsAnswer {
  store: StoreRow;
  experiments: ExperimentRow[];
}

/** A metric's summary: what is known without reading its points. */
export interface MetricRow {
  last: WireNumber;
  min: WireNumber;
  max: WireNumber;
  count: number;
  last_step: number;
  last_timestamp: number;
}

export interface RunRow {
  run_id: string;
  run_name: string;
  experiment_id: string;
  status: RunStatus;
  lifecycle_stage: string;
  user_id: string;
  start_time: number;
  end_time: number | null;
  params: Record<string, string>;
  metrics: Record<string, MetricRow>;
  tags: Record<string, string>;
}

/** `max_results`: 1 to 1,000, where absent 200. `view`: where absent active. */
export interface SearchRequest {
  folder: string;
  experiment_ids?: string[];
  filter?: string;
  order_by?: string[];
  view?: 'active' | 'deleted' | 'all';
  max_results?: number;
  page_token?: string | null;
}

/** `total` counts all matches, of which `runs` is one page. */
export interface SearchAnswer {
  runs: RunRow[];
  next_page_token: string | null;
  total: number;
}

/** What changes of one run; what is absent stays. A tag of null is removed. */
export interface RunEdit {
  run_id: string;
  run_name?: string;
  lifecycle_stage?: 'active' | 'deleted';
  tags?: Record<string, string | null>;
}

/** At most 1,000 runs, changed one after the other up to the first that fails. */
export interface EditRequest {
  folder: string;
  edits: RunEdit[];
}

/** The runs as they are now, in the order asked for. */
export interface EditAnswer {
  runs: RunRow[];
}

export interface FileRow {
  path: string;
  is_dir: boolean;
  file_size: number | null;
}

export interface RunDetail {
  run: RunRow;
  experiment: ExperimentRow;
}

export interface ArtifactsAnswer {
  path: string;
  files: FileRow[];
}

/** `since` is the cursor of an earlier answer: only later points are wanted. */
export interface SeriesRequest {
  run_id: string;
  key: string;
  since?: number;
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

/** 2 to 20 runs; the others are held against the first. */
export interface CompareRequest {
  folder: string;
  run_ids: string[];
}

/** A param, package, fact or data set; `values` in the order of the runs. */
export interface ComparedRow {
  name: string;
  values: (string | null)[];
  differs: boolean;
}

/** The last values of a metric; null where a run has none. */
export interface ComparedMetricRow {
  name: string;
  values: (WireNumber | null)[];
  differs: boolean;
}

export interface SegmentRow {
  text: string;
  is_changed: boolean;
}

/** A line of two texts; a side that does not have it has no segments and no number. */
export interface LineRow {
  kind: 'equal' | 'changed' | 'added' | 'removed';
  left: SegmentRow[];
  right: SegmentRow[];
  left_number: number | null;
  right_number: number | null;
}

/** A cell as it was executed; `order` counts the executions of its session from 0. */
export interface ExecutedRow {
  cell_id: string | null;
  execution_count: number | null;
  order: number;
  source: string;
}

/** `lines` are empty for cells that are equal, or that only one run has. */
export interface ComparedCellRow {
  kind: 'equal' | 'changed' | 'added' | 'removed';
  is_moved: boolean;
  left: ExecutedRow | null;
  right: ExecutedRow | null;
  lines: LineRow[];
}

/** `is_known` is false where one of the two runs kept no code. */
export interface ComparedCodeRow {
  is_known: boolean;
  is_equal: boolean;
  cells: ComparedCellRow[];
}

/** `figures` are paths among the run's artifacts. */
export interface ComparedOutputsRow {
  text: string;
  figures: string[];
}

/** What would keep the notebook from giving the run again. */
export interface FindingRow {
  kind: string;
  text: string;
}

/** `code` and `texts` have one element for each run but the first, the rest one for each. */
export interface CompareAnswer {
  run_ids: string[];
  run_names: string[];
  params: ComparedRow[];
  metrics: ComparedMetricRow[];
  environment: ComparedRow[];
  packages: ComparedRow[];
  git: ComparedRow[];
  datasets: ComparedRow[];
  code: ComparedCodeRow[];
  texts: LineRow[][];
  outputs: ComparedOutputsRow[];
  findings: FindingRow[][];
}

/** Sent at connect (with no runs) and whenever the store changed. */
export interface LiveMessage {
  type: 'changes';
  revision: number;
  runs: RunRow[];
  experiments_changed: boolean;
  truncated: boolean;
}

/** `column`: of a filter that cannot be understood, the 1-based place of the offending word. */
export interface ErrorAnswer {
  error_code: string;
  message: string;
  column?: number;
}

/** Return the float that a number on the wire stands for. */
export function toNumber(value: WireNumber): number {
  return typeof value === 'number' ? value : Number(value);
}
