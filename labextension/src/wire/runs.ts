/** Stores, experiments and runs, listed and changed. */

import type { WireNumber } from './message';
import type { StoreKind } from './stores';

/** State of a run. */
export type RunStatus =
  'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

/**
 * The store that answered. Where `exists` is false nothing was recorded yet, and where `writable`
 * is no run of it can be changed.
 */
export interface StoreRow {
  uri: string;
  exists: boolean;
  revision: number;
  name: string;
  kind: StoreKind;
  writable: boolean;
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

/**
 * `max_results`: 1 to 1,000, where absent 200. `view`: where absent active. A page begins at
 * `offset` of a list whose `total` is known, or where `page_token` says. With `count` false `total`
 * is told only where that costs nothing. `parent`: whose nested runs are wanted, '' for the runs
 * that are nested in no other match, where absent all.
 */
export interface SearchRequest {
  folder: string;
  experiment_ids?: string[];
  filter?: string;
  order_by?: string[];
  view?: 'active' | 'deleted' | 'all';
  max_results?: number;
  offset?: number;
  page_token?: string | null;
  count?: boolean;
  parent?: string;
}

/**
 * `total` counts all matches, of which `runs` is one page; null where they were not counted.
 * `children` are the numbers of runs nested in a run of this page; absent where no parent was asked for, or the store cannot tell them apart.
 */
export interface SearchAnswer {
  runs: RunRow[];
  next_page_token: string | null;
  total: number | null;
  children?: Record<string, number>;
}

export interface RelatedRunRow {
  run_id: string;
  run_name: string;
  status: RunStatus;
  start_time: number;
  end_time: number | null;
}

/** Data that a run read; `source`, `schema` and `profile` as MLflow writes them, often JSON. */
export interface DatasetRow {
  name: string;
  digest: string;
  source_type: string;
  source: string;
  schema: string | null;
  profile: string | null;
  context: string | null;
  tags: Record<string, string>;
}

/** `children` are the first of `children_total`. */
export interface RunDetail {
  run: RunRow;
  experiment: ExperimentRow;
  artifact_uri: string;
  parent: RelatedRunRow | null;
  children: RelatedRunRow[];
  children_total: number;
  datasets: DatasetRow[];
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
