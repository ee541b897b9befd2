import { ISignal, Signal } from '@lumino/signaling';

import type { RunsModel } from './runs';
import { recordOf } from '../saved';
import type { SelectionModel } from '../runs/selection';

/** What is kept of the list: only that of one store is, the one shown last. */
interface Kept {
  uri: string;
  experimentId: string | null;
  metric: string | null;
  runIds: readonly string[];
}

/** Brings back experiment, metric and ticks after a reload, where the store is still the same. */
export class ListMemory {
  constructor(
    private readonly _runs: RunsModel,
    private readonly _selection: SelectionModel
  ) {
    _runs.changed.connect(this._onChanged, this);
    _selection.changed.connect(this._onChanged, this);
  }

  /** Emitted when there is something else to keep. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  toJSON(): Kept | null {
    const { store, experimentId, chosenMetric } = this._runs.state;
    return (
      store && {
        uri: store.uri,
        experimentId,
        metric: chosenMetric,
        runIds: this._selection.runIds
      }
    );
  }

  /** Take back what `toJSON` returned; what does not look like it is left out. */
  restore(saved: unknown): void {
    const { uri, experimentId, metric, runIds } = recordOf(saved);
    if (typeof uri !== 'string') {
      return;
    }
    this._saved = {
      uri,
      experimentId: typeof experimentId === 'string' ? experimentId : null,
      metric: typeof metric === 'string' ? metric : null,
      runIds: (Array.isArray(runIds) ? runIds : []).filter(
        id => typeof id === 'string'
      )
    };
    this._apply();
  }

  private _onChanged(): void {
    this._apply();
    const now = JSON.stringify(this);
    if (now !== this._told) {
      this._told = now;
      this._changed.emit();
    }
  }

  /** What was kept counts once, for the store that is shown first. */
  private _apply(): void {
    const { store, isLoading } = this._runs.state;
    const saved = this._saved;
    if (!saved || !store || isLoading) {
      return;
    }
    this._saved = null;
    if (saved.uri === store.uri) {
      this._runs.setMetric(saved.metric);
      this._runs.setExperiment(saved.experimentId);
      this._selection.setAll(saved.runIds, true);
    }
  }

  private _saved: Kept | null = null;
  private _told = 'null';
  private _changed = new Signal<this, void>(this);
}
