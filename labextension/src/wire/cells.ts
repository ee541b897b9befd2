/** The cells of a notebook and the runs that they made. */

import type { LineRow } from './comparison';
import type { RunStatus } from './runs';

/** `notebook` is its path for Jupyter's contents API; `cell_ids` at most 1,000. */
export interface CellRunsRequest {
  folder: string;
  notebook: string;
  cell_ids: string[];
}

/** As much of a run as the mark on its cell shows. */
export interface CellRun {
  run_id: string;
  run_name: string;
  status: RunStatus;
  start_time: number;
  end_time: number | null;
}

/**
 * A cell with runs: how many there are and the latest two, the latest first. `source` is the cell as
 * it was executed for the latest run; null where that was not kept, or not yet.
 */
export interface CellRow {
  cell_id: string;
  count: number;
  runs: CellRun[];
  source: string | null;
}

/**
 * Cells without runs are left out. `exists` is false where nothing was recorded yet. `names` are
 * those by which runs may know the notebook: their tag `mlflow.source.name`.
 */
export interface CellRunsAnswer {
  exists: boolean;
  revision: number;
  names: string[];
  cells: CellRow[];
}

/** `source` is the cell as it is now. */
export interface CellChangesRequest {
  folder: string;
  run_id: string;
  cell_id: string;
  source: string;
}

/** The cell as it was for the run, on the left, beside the cell as it is now. */
export interface CellChangesAnswer {
  run_name: string;
  lines: LineRow[];
}
