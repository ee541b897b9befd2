import type { FileRow } from '../../wire';
import type { ArtifactsModel } from './artifacts';

/** A line of the tree of files: a file or folder, or what stands for those not read yet. */
export interface FileLine {
  readonly file: FileRow;
  readonly depth: number;
  readonly isOpen: boolean | null;
  /** Why a folder shows nothing: it is being read, is empty, or could not be read. */
  readonly note: 'loading' | 'empty' | { readonly error: string } | null;
}

/** Return the lines of a tree of which some folders are open. */
export function fileLines(
  model: Pick<ArtifactsModel, 'folder'>,
  open: ReadonlySet<string>,
  path = '',
  depth = 0
): FileLine[] {
  const folder = model.folder(path);
  const note = !folder
    ? ('loading' as const)
    : folder.error
      ? { error: folder.error.message }
      : folder.files.length === 0
        ? ('empty' as const)
        : null;
  if (note !== null || !folder) {
    const file = { path: `${path}/`, is_dir: false, file_size: null };
    return [{ file, depth, isOpen: null, note }];
  }
  return folder.files.flatMap(file => {
    const isOpen = file.is_dir ? open.has(file.path) : null;
    const line: FileLine = { file, depth, isOpen, note: null };
    return isOpen
      ? [line, ...fileLines(model, open, file.path, depth + 1)]
      : [line];
  });
}

/** Return the folders that a path lies in, the outermost first. */
export function foldersAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join('/'));
}
