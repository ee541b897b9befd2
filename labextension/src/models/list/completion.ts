import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import type { FieldsAnswer, ValueRow } from '../../wire';
import { Spot, spotAt } from './filterSpot';
import { fieldCalled, Suggestion, suggestionsAt } from './suggestions';

/** For so long names are not asked for again, in ms. */
const KEPT = 30_000;
/** Between two keys and the question for values, in ms. */
const PAUSE = 120;
const NOTHING: FieldsAnswer = { fields: [], summaries: [] };

/** What can be typed next into the filter of one store. */
export class CompletionModel implements IDisposable {
  constructor(private readonly _api: Pick<IApi, 'fields' | 'values'>) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Emitted when there are other suggestions. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What fits the cursor. */
  get suggestions(): readonly Suggestion[] {
    return this._suggestions;
  }

  /** The word that a suggestion takes the place of; null before anything was asked. */
  get spot(): Spot | null {
    return this._spot;
  }

  /** What a filter of this store can ask about, as far as it is known. */
  get fields(): FieldsAnswer {
    return this._fields;
  }

  /** Look for what fits the cursor in the filter of a store. */
  async suggest(folder: string, text: string, cursor: number): Promise<void> {
    const spot = (this._spot = spotAt(text, cursor));
    const turn = (this._turn += 1);
    window.clearTimeout(this._timer);
    if (folder !== this._folder) {
      this._folder = folder;
      this._fields = NOTHING;
      this._asked = 0;
      this._values.clear();
    }
    const key = keyOf(spot, this._fields);
    this._show(spot, this._values.get(key) ?? []);
    await this._read(folder);
    if (turn !== this._turn) {
      return;
    }
    const now = keyOf(spot, this._fields);
    this._show(spot, this._values.get(now) ?? []);
    if (now !== '' && !this._values.has(now)) {
      this._timer = window.setTimeout(
        () => void this._ask(folder, spot, now),
        PAUSE
      );
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._turn += 1;
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  /** Read the names, or wait until those under way are there. */
  private _read(folder: string): Promise<void> {
    const now = Date.now();
    if (now - this._asked >= KEPT) {
      this._asked = now;
      this._reading = this._readNow(folder);
    }
    return this._reading;
  }

  private async _readNow(folder: string): Promise<void> {
    try {
      const fields = await this._api.fields(folder);
      if (folder === this._folder) {
        this._fields = fields;
        this._values.clear();
      }
    } catch {
      // Who types goes on without; the list itself says what is wrong with the store.
      this._asked = 0;
    }
  }

  private async _ask(folder: string, spot: Spot, key: string): Promise<void> {
    try {
      const field = fieldCalled(spot.field, this._fields)?.field ?? spot.field;
      const typed = withoutQuotes(spot.typed);
      const { values } = await this._api.values(folder, field, typed);
      if (folder === this._folder) {
        this._values.set(key, values);
        if (spot === this._spot) {
          this._show(spot, values);
        }
      }
    } catch {
      // As above.
    }
  }

  private _show(spot: Spot, values: readonly ValueRow[]): void {
    this._suggestions = suggestionsAt(spot, this._fields, values);
    this._changed.emit();
  }

  private _isDisposed = false;
  private _folder: string | null = null;
  private _fields = NOTHING;
  private _asked = 0;
  private _reading = Promise.resolve();
  private _values = new Map<string, readonly ValueRow[]>();
  private _spot: Spot | null = null;
  private _suggestions: readonly Suggestion[] = [];
  private _turn = 0;
  private _timer = 0;
  private _changed = new Signal<this, void>(this);
}

/** Return what values are kept under; '' where none are wanted. */
function keyOf(spot: Spot, fields: FieldsAnswer): string {
  return spot.expected === 'value' && fieldCalled(spot.field, fields)
    ? `${spot.field}\n${withoutQuotes(spot.typed)}`
    : '';
}

function withoutQuotes(typed: string): string {
  return typed.replace(/^['"]/, '').replace(/['"]$/, '');
}
