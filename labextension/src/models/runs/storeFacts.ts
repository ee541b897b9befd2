import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import type { StoreRow } from '../../wire';

/** What is known of the stores whose runs are shown, by what means them on the wire. */
export class StoreFacts {
  constructor(private readonly _api: Pick<IApi, 'experiments'>) {}

  /** Emitted when more is known. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Return what is known of a store, null while nothing is: then the server is asked, once. */
  of(folder: string): StoreRow | null {
    const known = this._rows.get(folder);
    if (known === undefined) {
      this._rows.set(folder, null);
      void this._ask(folder);
    }
    return known ?? null;
  }

  /** Note what an answer told of a store. */
  take(folder: string, row: StoreRow): void {
    const known = this._rows.get(folder);
    this._rows.set(folder, row);
    if (known?.uri !== row.uri || known.writable !== row.writable) {
      this._changed.emit();
    }
  }

  private async _ask(folder: string): Promise<void> {
    try {
      this.take(folder, (await this._api.experiments(folder)).store);
    } catch {
      // A view that shows the store says so itself; the next one that asks may have more luck.
      this._rows.delete(folder);
    }
  }

  private _rows = new Map<string, StoreRow | null>();
  private _changed = new Signal<this, void>(this);
}
