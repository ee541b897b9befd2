import { ISignal, Signal } from '@lumino/signaling';

const REMEMBERED = 5_000;

/** The runs that no chart draws; tables and lists show them all the same. */
export class HiddenModel {
  /** Emitted when other runs are hidden. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get runIds(): ReadonlySet<string> {
    return this._runIds;
  }

  has(runId: string): boolean {
    return this._runIds.has(runId);
  }

  /** Leave runs out of every chart, or draw them again. */
  setAll(runIds: readonly string[], isHidden: boolean): void {
    const next = new Set(this._runIds);
    runIds.forEach(id => (isHidden ? next.add(id) : next.delete(id)));
    if (next.size !== this._runIds.size) {
      this._runIds = next;
      this._changed.emit();
    }
  }

  /** Draw of these runs the ones that are `shown`, and leave the others out. */
  showOnly(shown: readonly string[], of: readonly string[]): void {
    const wanted = new Set(shown);
    const next = new Set(this._runIds);
    of.forEach(id => (wanted.has(id) ? next.delete(id) : next.add(id)));
    this._runIds = next;
    this._changed.emit();
  }

  /** Return what to keep: of very many the ones that were hidden last. */
  toJSON(): string[] {
    return [...this._runIds].slice(-REMEMBERED);
  }

  /** Take back what `toJSON` returned; what does not look like it is left out. */
  restore(saved: unknown): void {
    const ids: unknown[] = Array.isArray(saved) ? saved : [];
    const known = ids.filter((id): id is string => typeof id === 'string');
    this._runIds = new Set([...known, ...this._runIds]);
    this._changed.emit();
  }

  private _runIds: ReadonlySet<string> = new Set();
  private _changed = new Signal<this, void>(this);
}
