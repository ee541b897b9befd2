/** What can be done with a run: its cell and notebook, running it again, exporting, verifying. */

/**
 * A process that works for a run. `said` is the last that it told; or why it failed. `new_run_id` is
 * the run that a job of the kind `run` makes.
 */
export interface JobRow {
  job_id: string;
  kind: 'run' | 'verify';
  run_id: string;
  new_run_id: string | null;
  state: 'waiting' | 'running' | 'done' | 'failed';
  said: string;
}

/**
 * Where a run comes from. `notebook` is a path for Jupyter's contents API, null where there is none
 * (any more). `source` is the cell as it was executed. `refused` has a reason for each of `open`,
 * `run`, `export` and `verify` that cannot be done with this run.
 */
export interface RunLinks {
  notebook: string | null;
  cell_id: string | null;
  source: string | null;
  refused: Record<string, string>;
  jobs: JobRow[];
}

/** With `slice_only` only the cells that the run depends on. */
export interface NotebookRequest {
  folder: string;
  slice_only?: boolean;
}

/** The notebook that was written, for Jupyter's contents API. */
export interface NotebookAnswer {
  path: string;
}

/** `copy_large`: whether data may be copied that is too large to be copied unasked. */
export interface PlanRequest {
  folder: string;
  copy_large?: boolean;
}

/** A parameter of what would be executed; `default` is null where a value must be given. */
export interface ParameterRow {
  name: string;
  type: string;
  default: string | null;
  value: string | null;
  description: string;
}

/**
 * What would be executed, for whoever is asked. `content` is a digest of it, to be given back.
 * `is_trusted` is false where it was not recorded by this user and not agreed to before: then one
 * must agree. `code` is the program, where it is made of a notebook. `questions` are what
 * `copy_large` answers with yes.
 */
export interface PlanAnswer {
  name: string;
  entry_point: string;
  parameters: ParameterRow[];
  env_manager: string;
  is_trusted: boolean;
  content: string;
  description: string;
  code: string | null;
  remarks: string[];
  questions: string[];
}

/** Run again with other parameters, or verify. `content` is that of the plan. */
export interface JobRequest {
  folder: string;
  kind: 'run' | 'verify';
  content: string;
  agreed?: boolean;
  env_manager?: string;
  copy_large?: boolean;
  parameters?: Record<string, string>;
  run_name?: string;
}

/** The job as it is now. */
export interface JobAnswer {
  job: JobRow;
}

/** `path` is the folder to make, for Jupyter's contents API. */
export interface ExportRequest {
  folder: string;
  path: string;
  copy_large?: boolean;
  allow_secrets?: boolean;
}

/** What was written, and what could not be taken along as it was. */
export interface ExportAnswer {
  path: string;
  files: string[];
  parameters: string[];
  remarks: string[];
  questions: string[];
}
