import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import { ApiError, asApiError, isAbort } from '../../errors';
import type { FileRow } from '../../wire';

/** One folder of a run's artifacts as far as it was read. */
export interface Folder {
  readonly files: readonly FileRow[];
  readonly error: ApiError | null;
}

/** The files of one run; a folder is read when it is opened. */
export class ArtifactsModel {
  constructor(
    private readonly _api: Pick<IApi, 'artifacts' | 'artifact'>,
    private readonly _folder: string,
    private readonly _runId: string
  ) {}

  /** Emitted when a folder was read. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Return a folder's files, undefined while they are not read; '' is the root. */
  folder(path: string): Folder | undefined {
    return this._folders.get(path);
  }

  /** Read a folder, again if it was read before. */
  async load(path: string): Promise<void> {
    const { _folder, _runId, _abort } = this;
    try {
      const { files } = await this._api.artifacts(
        _folder,
        _runId,
        path,
        _abort.signal
      );
      this._folders.set(path, { files: sorted(files), error: null });
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      this._folders.set(path, { files: [], error: asApiError(error) });
    }
    this._changed.emit();
  }

  /** Read a folder again, and all that were opened. */
  async reload(): Promise<void> {
    await Promise.all([...this._folders.keys()].map(path => this.load(path)));
  }

  /** Return a file's bytes. */
  read(path: string): Promise<Blob> {
    return this._api.artifact(
      this._folder,
      this._runId,
      path,
      this._abort.signal
    );
  }

  dispose(): void {
    this._abort.abort();
    Signal.clearData(this);
  }

  private _folders = new Map<string, Folder>();
  private _abort = new AbortController();
  private _changed = new Signal<this, void>(this);
}

function sorted(files: readonly FileRow[]): FileRow[] {
  return [...files].sort(
    (a, b) =>
      Number(b.is_dir) - Number(a.is_dir) || a.path.localeCompare(b.path)
  );
}
