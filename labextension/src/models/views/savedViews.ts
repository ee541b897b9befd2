import { ISignal, Signal } from '@lumino/signaling';

import { recordOf } from '../saved';
import type { ViewPlace } from './viewLink';
import { placeOf } from './viewLink';

/** A comparison that was given a name. */
export interface SavedView extends ViewPlace {
  readonly name: string;
}

/** Where views are kept: as the settings of a person, on the server. */
export interface ViewsStore {
  readonly composite: object;
  readonly changed: ISignal<unknown, unknown>;
  set(key: string, value: unknown): Promise<void>;
}

/** The comparisons that a person named. */
export class SavedViews {
  constructor(private readonly _store: ViewsStore) {
    _store.changed.connect(() => this._changed.emit());
  }

  /** Emitted when there are others. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The views by name; what does not look like one is left out. */
  get all(): SavedView[] {
    const { views } = recordOf(this._store.composite);
    const saved: unknown[] = Array.isArray(views) ? views : [];
    return saved
      .flatMap((one): SavedView[] => {
        const { name } = recordOf(one);
        const place = placeOf(one);
        return typeof name === 'string' && place ? [{ ...place, name }] : [];
      })
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  find(name: string): SavedView | undefined {
    return this.all.find(view => view.name === name);
  }

  /** Keep a view under its name, in place of one that had it. */
  async save(view: SavedView): Promise<void> {
    const others = this.all.filter(({ name }) => name !== view.name);
    await this._store.set('views', [...others, view]);
  }

  async remove(name: string): Promise<void> {
    await this._store.set(
      'views',
      this.all.filter(view => view.name !== name)
    );
  }

  private _changed = new Signal<this, void>(this);
}
