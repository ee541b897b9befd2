import { ISignal, Signal } from '@lumino/signaling';

import type { ListColumn } from './listColumns';
import { columnId, columnOf, USUAL_COLUMNS } from './listColumns';
import { recordOf } from '../saved';

const MOST_COLUMNS = 12;

/** How a person likes the list of runs; the same for every store and kept over reloads. */
export class ListLayout {
  /** Emitted when the list is liked otherwise. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get columns(): readonly ListColumn[] {
    return this._columns;
  }

  /** What runs are grouped by, `param:KEY` or `tag:KEY`; '' lists them one by one. */
  get groupBy(): string {
    return this._groupBy;
  }

  /** Whether nested runs are folded under the run that started them. */
  get isNested(): boolean {
    return this._isNested;
  }

  /** Show a column after the others, or no more. */
  toggleColumn(column: ListColumn): void {
    const id = columnId(column);
    const others = this._columns.filter(one => columnId(one) !== id);
    const isShown = others.length < this._columns.length;
    this.setColumns(isShown ? others : [...this._columns, column]);
  }

  /** Move a column so many places to the right. */
  moveColumn(column: ListColumn, by: number): void {
    const ids = this._columns.map(columnId);
    const from = ids.indexOf(columnId(column));
    const to = Math.min(Math.max(from + by, 0), ids.length - 1);
    if (from >= 0 && from !== to) {
      const columns = [...this._columns];
      columns.splice(to, 0, ...columns.splice(from, 1));
      this.setColumns(columns);
    }
  }

  setColumns(columns: readonly ListColumn[]): void {
    this._columns = columns.slice(0, MOST_COLUMNS);
    this._changed.emit();
  }

  setGroupBy(groupBy: string): void {
    if (groupBy !== this._groupBy && isGrouping(groupBy)) {
      this._groupBy = groupBy;
      this._changed.emit();
    }
  }

  setNested(isNested: boolean): void {
    if (isNested !== this._isNested) {
      this._isNested = isNested;
      this._changed.emit();
    }
  }

  toJSON() {
    return {
      columns: this._columns.map(columnId),
      groupBy: this._groupBy,
      isNested: this._isNested
    };
  }

  /** Take back what `toJSON` returned; what does not look like it is left out. */
  restore(saved: unknown): void {
    const { columns, groupBy, isNested } = recordOf(saved);
    if (Array.isArray(columns)) {
      const ids = columns.filter(id => typeof id === 'string');
      this._columns = ids
        .map(columnOf)
        .filter(column => column !== null)
        .slice(0, MOST_COLUMNS);
    }
    this._groupBy =
      typeof groupBy === 'string' && isGrouping(groupBy) ? groupBy : '';
    this._isNested = typeof isNested === 'boolean' ? isNested : true;
    this._changed.emit();
  }

  private _columns = USUAL_COLUMNS;
  private _groupBy = '';
  private _isNested = true;
  private _changed = new Signal<this, void>(this);
}

function isGrouping(id: string): boolean {
  const kind = columnOf(id)?.kind;
  return id === '' || kind === 'param' || kind === 'tag';
}
