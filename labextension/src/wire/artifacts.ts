/** Files of a run. */

export interface FileRow {
  path: string;
  is_dir: boolean;
  file_size: number | null;
}

export interface ArtifactsAnswer {
  path: string;
  files: FileRow[];
}

export interface TableColumnRow {
  name: string;
  type: string | null;
}

/** A window of a table. Until `is_complete`, `total_rows` counts those found so far. */
export interface TableAnswer {
  path: string;
  columns: TableColumnRow[];
  first_column: number;
  total_columns: number;
  rows: (string | null)[][];
  first_row: number;
  total_rows: number;
  is_complete: boolean;
  note: string | null;
}

/** Where a text stands in a file: its byte, and what is around it. */
export interface FoundRow {
  offset: number;
  before: string;
  match: string;
  after: string;
}

/** `next` is the byte to go on from; null where the file was searched to its end. */
export interface FindAnswer {
  path: string;
  size: number;
  found: FoundRow[];
  next: number | null;
}

/** One way to load a model, and what it says of itself. */
export interface FlavorRow {
  name: string;
  facts: Record<string, string>;
}

/** A column or tensor that a model takes or gives. */
export interface ModelFieldRow {
  name: string;
  type: string;
  is_required: boolean;
}

/** What a file `MLmodel` says; the model itself is never loaded. */
export interface ModelAnswer {
  path: string;
  facts: Record<string, string>;
  flavors: FlavorRow[];
  inputs: ModelFieldRow[] | null;
  outputs: ModelFieldRow[] | null;
  params: ModelFieldRow[] | null;
  input_example: string | null;
}
