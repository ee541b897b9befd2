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
