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
