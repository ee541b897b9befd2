import { ISignal, Signal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IApi } from '../../api';
import { ApiError, asApiError } from '../../errors';
import type { RunEdit, RunRow } from '../../wire';
import type { LiveChannels } from './live';
import type { StoreFacts } from './storeFacts';

/** The tag that holds what a person wrote about a run, as Markdown. */
export const NOTE = 'mlflow.note.content';

/** The tag of runs that a person likes to find again. */
export const FAVOURITE = 'tracker.favourite';

const MOST_AT_ONCE = 1_000;

/** Something that was changed: what to tell, and how to take it back. */
export interface Done {
  readonly message: string;
  readonly undo: () => void;
}

/** Changes runs for people. Everything that was changed can be taken back. */
export class Editor {
  constructor(
    private readonly _api: Pick<IApi, 'editRuns'>,
    private readonly _channels: Pick<LiveChannels, 'of'>,
    private readonly _trans: TranslationBundle,
    private readonly _facts: StoreFacts | null = null
  ) {
    _facts?.changed.connect(() => this._allowedChanged.emit());
  }

  /** Emitted when there may be another answer to why runs cannot be changed. */
  get allowedChanged(): ISignal<this, void> {
    return this._allowedChanged;
  }

  /** Why no run of a store can be changed; null where they can, as far as is known. */
  whyNot(folder: string): string | null {
    const store = this._facts?.of(folder) ?? null;
    if (store === null || store.writable) {
      return null;
    }
    return store.kind === 'mlflow'
      ? this._trans.__(
          'MLflow’s database is only read here. Import its runs into a store of your own to change them: tracker import %1',
          store.uri
        )
      : this._trans.__('The files of this store may not be written to.');
  }

  /** Emitted when something was changed. */
  get done(): ISignal<this, Done> {
    return this._done;
  }

  /** Emitted when something could not be changed. */
  get failed(): ISignal<this, ApiError> {
    return this._failed;
  }

  /** Give a run another name; blanks around it are left out, and so is an empty name. */
  rename(folder: string, run: RunRow, name: string): Promise<void> {
    const { run_id, run_name: old } = run;
    const wanted = name.trim();
    if (wanted === '' || wanted === old) {
      return Promise.resolve();
    }
    return this._change(
      folder,
      this._trans.__('Renamed “%1” to “%2”', old, wanted),
      [{ run_id, run_name: wanted }],
      [{ run_id, run_name: old }]
    );
  }

  /** Keep what a person wrote about a run; an empty text takes it away. */
  describe(folder: string, run: RunRow, text: string): Promise<void> {
    return this._setTag(
      folder,
      run,
      NOTE,
      text.trim() === '' ? null : text,
      this._trans.__('Changed the notes of “%1”', run.run_name)
    );
  }

  /** Set a tag; null takes it away. */
  tag(
    folder: string,
    run: RunRow,
    key: string,
    value: string | null
  ): Promise<void> {
    const message =
      value === null
        ? this._trans.__('Removed the tag “%1”', key)
        : this._trans.__('Set the tag “%1”', key);
    return this._setTag(folder, run, key, value, message);
  }

  /** Mark runs as favourites, or take the mark away; the same again takes it back. */
  async favour(
    folder: string,
    runIds: readonly string[],
    isFavourite: boolean
  ): Promise<void> {
    const tags = { [FAVOURITE]: isFavourite ? 'true' : null };
    await this._send(
      folder,
      runIds.map(run_id => ({ run_id, tags }))
    );
  }

  /** Put runs into the bin. */
  remove(folder: string, runIds: readonly string[]): Promise<void> {
    const message = this._trans._n(
      'Deleted %1 run',
      'Deleted %1 runs',
      runIds.length
    );
    return this._move(folder, runIds, 'deleted', message);
  }

  /** Take runs out of the bin. */
  restore(folder: string, runIds: readonly string[]): Promise<void> {
    const message = this._trans._n(
      'Restored %1 run',
      'Restored %1 runs',
      runIds.length
    );
    return this._move(folder, runIds, 'active', message);
  }

  private _move(
    folder: string,
    runIds: readonly string[],
    to: 'active' | 'deleted',
    message: string
  ): Promise<void> {
    const from = to === 'active' ? 'deleted' : 'active';
    const edits = (lifecycle_stage: 'active' | 'deleted') =>
      runIds.map(run_id => ({ run_id, lifecycle_stage }));
    return this._change(folder, message, edits(to), edits(from));
  }

  private _setTag(
    folder: string,
    run: RunRow,
    key: string,
    value: string | null,
    message: string
  ): Promise<void> {
    const old = run.tags[key] ?? null;
    if (value === old) {
      return Promise.resolve();
    }
    const { run_id } = run;
    return this._change(
      folder,
      message,
      [{ run_id, tags: { [key]: value } }],
      [{ run_id, tags: { [key]: old } }]
    );
  }

  private async _change(
    folder: string,
    message: string,
    edits: readonly RunEdit[],
    undo: readonly RunEdit[]
  ): Promise<void> {
    const reason = this.whyNot(folder);
    if (reason !== null) {
      this._failed.emit(new ApiError(reason, 403, 'PERMISSION_DENIED'));
    } else if (await this._send(folder, edits)) {
      this._done.emit({ message, undo: () => void this._send(folder, undo) });
    }
  }

  /** Send edits and tell every view; says whether all were made. */
  private async _send(
    folder: string,
    edits: readonly RunEdit[]
  ): Promise<boolean> {
    const live = this._channels.of(folder);
    try {
      for (let i = 0; i < edits.length; i += MOST_AT_ONCE) {
        const part = edits.slice(i, i + MOST_AT_ONCE);
        const { runs } = await this._api.editRuns({ folder, edits: part });
        live.tell(runs);
      }
      return true;
    } catch (error) {
      this._failed.emit(asApiError(error));
      return false;
    }
  }

  private _allowedChanged = new Signal<this, void>(this);
  private _done = new Signal<this, Done>(this);
  private _failed = new Signal<this, ApiError>(this);
}
