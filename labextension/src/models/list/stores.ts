import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import type { ApiError } from '../../errors';
import { asApiError, isAbort } from '../../errors';
import type { StoreChoiceRow, StoresAnswer } from '../../wire';
import { isOpened } from './runsState';
import { recordOf } from '../saved';

const KINDS = ['tracker', 'mlruns', 'mlflow', 'server'];
/** Between two questions while the server still looks for stores, in ms. */
const SEARCHING = 300;
/** How often is asked at most: a search ends in seconds. */
const MOST_QUESTIONS = 40;

/** Which store the sidebar looks at: that of the folder worked in, or one that was chosen. */
export class StoresModel implements IDisposable {
  constructor(
    private readonly _api: Pick<
      IApi,
      'listStores' | 'openStore' | 'forgetStore'
    >
  ) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Emitted when anything below is another. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The store that was chosen; null while the folder's own is followed. */
  get chosen(): StoreChoiceRow | null {
    return this._chosen;
  }

  /** The folder worked in; null before it is known. */
  get followed(): string | null {
    return this._followed;
  }

  /** What means the store on the wire; null before it is known. */
  get folder(): string | null {
    return this._chosen?.folder ?? this._followed;
  }

  /** What there is to choose from; null before it was asked for. */
  get answer(): StoresAnswer | null {
    return this._answer;
  }

  /** Why the list of stores could not be had. */
  get listError(): ApiError | null {
    return this._listError;
  }

  /** Why the store that was asked for last could not be opened. */
  get openError(): ApiError | null {
    return this._openError;
  }

  /** What is being opened; null for nothing. */
  get opening(): string | null {
    return this._opening;
  }

  /** Say which folder is worked in. */
  follow(folder: string): void {
    if (folder !== this._followed) {
      this._followed = folder;
      this._changed.emit();
    }
  }

  /** Look at the store of a folder, or at an opened one of which only the name is known. */
  show(folder: string): void {
    if (!isOpened(folder)) {
      this._followed = folder;
      this._take(null);
    } else if (folder !== this._chosen?.folder) {
      this._followed ??= '';
      this._take({ folder, name: '', kind: 'tracker', place: '', uri: '' });
    }
  }

  /** Look at the store of the folder that is worked in, whichever that is. */
  followFolder(): void {
    this._take(null);
  }

  /** Open a store by its path or URL and look at it; say whether it could be opened. */
  async open(location: string): Promise<boolean> {
    this._opening = location;
    this._openError = null;
    this._changed.emit();
    try {
      const { store } = await this._api.openStore(location);
      if (this._opening === location) {
        this._opening = null;
        this._take(store);
      }
      return true;
    } catch (error) {
      if (this._opening === location) {
        this._opening = null;
        this._openError = asApiError(error);
        this._changed.emit();
      }
      return false;
    }
  }

  /** Begin anew: what went wrong before is no longer of interest. */
  forgetError(): void {
    if (this._openError !== null) {
      this._openError = null;
      this._changed.emit();
    }
  }

  /** Offer a store no more; one that is looked at is left. */
  async forget(folder: string): Promise<void> {
    try {
      const { recent } = await this._api.forgetStore(folder);
      this._answer = this._answer && { ...this._answer, recent };
      if (this._chosen?.folder === folder) {
        this._chosen = null;
      }
    } catch (error) {
      this._listError = asApiError(error);
    }
    this._changed.emit();
  }

  /** Ask which stores there are, until the server has looked everywhere or `stop` is called. */
  async load(): Promise<void> {
    this.stop();
    const abort = (this._loading = new AbortController());
    try {
      for (let count = 0; count < MOST_QUESTIONS; count++) {
        const folder = this._followed ?? '';
        const answer = await this._api.listStores(folder, abort.signal);
        if (abort.signal.aborted) {
          return;
        }
        this._answer = answer;
        this._listError = null;
        this._changed.emit();
        if (!answer.searching) {
          return;
        }
        await new Promise(resolve => window.setTimeout(resolve, SEARCHING));
      }
    } catch (error) {
      if (!isAbort(error) && !abort.signal.aborted) {
        this._listError = asApiError(error);
        this._changed.emit();
      }
    }
  }

  /** Ask no more. */
  stop(): void {
    this._loading?.abort();
    this._loading = null;
  }

  toJSON(): { chosen: StoreChoiceRow | null } {
    return { chosen: this._chosen };
  }

  /** Take back what `toJSON` returned; what does not look like it is left out. */
  restore(saved: unknown): void {
    const { folder, name, kind, place, uri } = recordOf(recordOf(saved).chosen);
    const texts = [folder, name, kind, place, uri];
    if (
      texts.every(text => typeof text === 'string') &&
      KINDS.includes(String(kind))
    ) {
      this._take({ folder, name, kind, place, uri } as StoreChoiceRow);
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this.stop();
    Signal.clearData(this);
  }

  private _take(chosen: StoreChoiceRow | null): void {
    this._chosen = chosen;
    this._changed.emit();
  }

  private _isDisposed = false;
  private _chosen: StoreChoiceRow | null = null;
  private _followed: string | null = null;
  private _answer: StoresAnswer | null = null;
  private _listError: ApiError | null = null;
  private _openError: ApiError | null = null;
  private _opening: string | null = null;
  private _loading: AbortController | null = null;
  private _changed = new Signal<this, void>(this);
}
