import type { CompareModel } from '../compare/compare';
import type { Preferences } from './preferences';
import type { Section } from '../compare/table';
import type { TableLayout } from '../compare/tableLayout';
import {
  rowId,
  withHidden,
  withMoved,
  withPinned
} from '../compare/tableLayout';

/** Moves, pins, hides and resizes rows and columns of a comparison's table. */
export class Arranger {
  constructor(
    private readonly _model: CompareModel,
    private readonly _preferences: Preferences
  ) {}

  /** The rows as they stand, which moves count from. */
  sections: readonly Section[] = [];

  get layout(): TableLayout {
    return this._preferences.view.table;
  }

  pin(id: string): void {
    const isPinned = this.layout.pinned.includes(id);
    this._set(withPinned(this.layout, id, !isPinned));
  }

  setHidden(ids: readonly string[], isHidden: boolean): void {
    this._set(withHidden(this.layout, ids, isHidden));
  }

  /** Move a row by some places within its section. */
  moveRowBy(id: string, by: number): void {
    const ids = this._siblings(id);
    this._set(withMoved(this.layout, ids, id, ids.indexOf(id) + by));
  }

  /** Move a row to where another of its section is. */
  moveRowTo(id: string, target: string): void {
    const ids = this._siblings(id);
    if (ids.includes(target)) {
      this._set(withMoved(this.layout, ids, id, ids.indexOf(target)));
    }
  }

  /** Move a run's column by some places. */
  moveRunBy(runId: string, by: number): void {
    const { runIds } = this._model;
    this._model.move(runId, runIds.indexOf(runId) + by);
  }

  /** Move a run's column to where another is. */
  moveRunTo(runId: string, target: string): void {
    const { runIds } = this._model;
    if (runIds.includes(runId) && runIds.includes(target)) {
      this._model.move(runId, runIds.indexOf(target));
    }
  }

  /** Give the column of names, or a run's, a width; null for the usual one. */
  setWidth(runId: string | null, width: number | null): void {
    if (runId === null) {
      this._set({ ...this.layout, nameWidth: width ?? 0 });
      return;
    }
    const others = Object.entries(this.layout.widths).filter(
      ([id]) => id !== runId
    );
    const own: [string, number][] = width === null ? [] : [[runId, width]];
    const widths = Object.fromEntries([...others, ...own]);
    this._set({ ...this.layout, widths });
  }

  private _siblings(id: string): string[] {
    const section = this.sections.find(({ rows }) =>
      rows.some(row => rowId(row) === id)
    );
    return section?.rows.map(rowId) ?? [];
  }

  private _set(table: TableLayout): void {
    this._preferences.setView({ table });
  }
}
