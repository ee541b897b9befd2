import { ISignal, Signal } from '@lumino/signaling';

const MOST = 12;
const LONGEST = 2_000;

/** The filters that were used, the latest first. */
export class RecentFilters {
  /** Emitted when there are others. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get filters(): readonly string[] {
    return this._filters;
  }

  /** Note a filter that was used. */
  add(filter: string): void {
    const text = filter.trim();
    if (text !== '' && text.length <= LONGEST && text !== this._filters[0]) {
      const others = this._filters.filter(other => other !== text);
      this._filters = [text, ...others].slice(0, MOST);
      this._changed.emit();
    }
  }

  toJSON(): readonly string[] {
    return this._filters;
  }

  /** Take back what `toJSON` returned; what does not look like it is left out. */
  restore(saved: unknown): void {
    if (Array.isArray(saved)) {
      this._filters = saved
        .filter((text): text is string => typeof text === 'string')
        .filter(text => text.length <= LONGEST)
        .slice(0, MOST);
      this._changed.emit();
    }
  }

  private _filters: readonly string[] = [];
  private _changed = new Signal<this, void>(this);
}
