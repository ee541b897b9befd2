import { ISignal, Signal } from '@lumino/signaling';

import { ApiError, asApiError, isAbort } from '../../errors';
import type { TableWindow } from '../../api/files';
import type { TableAnswer, TableColumnRow } from '../../wire';
import type { KeptTable } from './loggedFigures';

/** Rows and columns that are read at a time. */
export const BLOCK = 100;
export const COLUMNS = 50;
const KEPT_BLOCKS = 40;
const CELL_LENGTH = 300;

/** Where the cells of a table come from. */
export type TableSource = (
  window: TableWindow,
  signal: AbortSignal
) => Promise<TableAnswer>;

/** What is known of a table without its rows. */
export interface TableFacts {
  readonly columns: readonly TableColumnRow[];
  readonly totalColumns: number;
  readonly totalRows: number;
  readonly isComplete: boolean;
  readonly note: string | null;
}

/** The rows of a table of any size: those that are looked at, and some around them. */
export class TableBlocks {
  constructor(private readonly _source: TableSource) {}

  /** What is known; null while nothing is. */
  get facts(): TableFacts | null {
    return this._facts;
  }

  get error(): ApiError | null {
    return this._error;
  }

  /** The column that comes first. */
  get firstColumn(): number {
    return this._column;
  }

  /** Emitted when rows were read, or could not be. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Return a row; undefined while it is not read. */
  row(index: number): readonly (string | null)[] | undefined {
    return this._blocks.get(Math.floor(index / BLOCK))?.[index % BLOCK];
  }

  /** Read the rows of a range that are not there; those far from it may be dropped. */
  want(first: number, last: number): void {
    const from = Math.floor(first / BLOCK);
    const to = Math.floor(Math.max(first, last) / BLOCK);
    for (let block = from; block <= Math.min(to, from + 4); block++) {
      const isShort =
        (this._blocks.get(block)?.length ?? 0) < BLOCK &&
        block * BLOCK + (this._blocks.get(block)?.length ?? 0) <
          (this._facts?.totalRows ?? 1);
      if (isShort && !this._asked.has(block)) {
        void this._read(block);
      }
    }
  }

  /** Count on: the rows of a large file are known as far as somebody looked. */
  wantMore(): void {
    const { _facts } = this;
    if (_facts && !_facts.isComplete && this._asked.size === 0) {
      void this._read(Math.floor(_facts.totalRows / BLOCK));
    }
  }

  /** Show other columns. */
  setFirstColumn(column: number): void {
    this._abort.abort();
    this._abort = new AbortController();
    this._column = column;
    this._blocks.clear();
    this._asked.clear();
    this._changed.emit();
    this.want(0, 0);
  }

  dispose(): void {
    this._abort.abort();
    Signal.clearData(this);
  }

  private async _read(block: number): Promise<void> {
    const { signal } = this._abort;
    this._asked.add(block);
    try {
      const answer = await this._source(
        {
          row: block * BLOCK,
          rows: BLOCK,
          column: this._column,
          columns: COLUMNS
        },
        signal
      );
      if (!signal.aborted) {
        this._asked.delete(block);
        this._take(block, answer);
      }
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) {
        // It is not asked for again and again.
        this._error = asApiError(error);
        this._changed.emit();
      }
    }
  }

  private _take(block: number, answer: TableAnswer): void {
    this._blocks.delete(block);
    this._blocks.set(block, answer.rows);
    for (const oldest of this._blocks.keys()) {
      if (this._blocks.size <= KEPT_BLOCKS) {
        break;
      }
      this._blocks.delete(oldest);
    }
    const known = this._facts?.columns ?? [];
    const isWider = answer.columns.length >= known.length;
    const isSame = this._column === this._factsColumn;
    this._factsColumn = this._column;
    this._error = null;
    this._facts = {
      columns: isWider || !isSame ? answer.columns : known,
      totalColumns: Math.max(
        answer.total_columns,
        isSame ? (this._facts?.totalColumns ?? 0) : 0
      ),
      totalRows: Math.max(answer.total_rows, this._facts?.totalRows ?? 0),
      isComplete: answer.is_complete || (this._facts?.isComplete ?? false),
      note: answer.note
    };
    this._changed.emit();
  }

  private _facts: TableFacts | null = null;
  private _factsColumn = 0;
  private _error: ApiError | null = null;
  private _column = 0;
  private _blocks = new Map<number, (string | null)[][]>();
  private _asked = new Set<number>();
  private _abort = new AbortController();
  private _changed = new Signal<this, void>(this);
}

/** Return a source of a table that is in memory. */
export function keptTableSource(table: KeptTable): TableSource {
  return ({ row, rows, column, columns }) =>
    Promise.resolve({
      path: '',
      columns: table.columns
        .slice(column, column + columns)
        .map(name => ({ name, type: null })),
      first_column: column,
      total_columns: table.columns.length,
      rows: table.data
        .slice(row, row + rows)
        .map(cells => cells.slice(column, column + columns).map(shown)),
      first_row: row,
      total_rows: table.data.length,
      is_complete: true,
      note: null
    });
}

function shown(value: unknown): string | null {
  if (value === null || value === undefined) {
    return null;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > CELL_LENGTH
    ? `${text.slice(0, CELL_LENGTH - 1)}…`
    : text;
}
