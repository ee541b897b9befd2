/** How runs differ. */

import type { WireNumber } from './message';

/** What can be asked for: facts are environment, packages, git and data. */
export type ComparePart = 'facts' | 'code' | 'outputs';

/**
 * 2 to 20 runs; the others are held against the first. Without `parts` all are wanted; what is not
 * wanted is empty in the answer.
 */
export interface CompareRequest {
  folder: string;
  run_ids: string[];
  parts?: ComparePart[];
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
