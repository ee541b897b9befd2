import { ISignal, Signal } from '@lumino/signaling';

/** The runs that are ticked, in the order in which they were. */
export class SelectionModel {
  /** Emitted when other runs are ticked. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get runIds(): readonly string[] {
    return this._runIds;
  }

  has(runId: string): boolean {
    return this._set.has(runId);
  }

  /** Tick a run, or take its tick away. */
  toggle(runId: string): void {
    this.set(runId, !this.has(runId));
  }

  set(runId: string, ticked: boolean): void {
    this.setAll([runId], ticked);
  }

  /** Tick all of these runs, or none of them. */
  setAll(runIds: readonly string[], ticked: boolean): void {
    const given = new Set(runIds);
    const kept = this._runIds.filter(runId => ticked || !given.has(runId));
    const fresh = runIds.filter(runId => ticked && !this._set.has(runId));
    this._assign([...kept, ...fresh]);
  }

  clear(): void {
    this._assign([]);
  }

  private _assign(runIds: readonly string[]): void {
    if (runIds.length === this._runIds.length && runIds.every(this._isTicked)) {
      return;
    }
    this._runIds = runIds;
    this._set = new Set(runIds);
    this._changed.emit();
  }

  private _isTicked = (runId: string): boolean => this._set.has(runId);

  private _runIds: readonly string[] = [];
  private _set: ReadonlySet<string> = new Set();
  private _changed = new Signal<this, void>(this);
}
