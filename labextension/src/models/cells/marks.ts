import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { ICellsApi } from '../../api/cells';
import { isAbort } from '../../errors';
import type { CellRow, CellRun, RunRow } from '../../wire';
import type { Live, LiveChange, LiveChannels } from '../runs/live';

const CELL_ID = 'tracker.cell.id';
const SOURCE_NAME = 'mlflow.source.name';
/** Changes that come within this time, in ms, are asked for together. */
const SETTLING = 250;
const MOST_CELLS = 1_000;

/** What the marks of a notebook need. */
export interface INotebookMarksOptions {
  api: Pick<ICellsApi, 'runs'>;
  channels: Pick<LiveChannels, 'of'>;
  folder: string;
  notebook: string;
  /** The ids of the code cells that the notebook has now. */
  cellIds: () => string[];
}

/** Which runs the cells of one notebook made, kept up to date while somebody looks. */
export class NotebookMarks implements IDisposable {
  constructor(private readonly _options: INotebookMarksOptions) {
    this._live = _options.channels.of(_options.folder);
    this._live.changed.connect(this._onLive, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Emitted when cells got other marks. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get folder(): string {
    return this._options.folder;
  }

  /** Return what is known of a cell's runs; undefined where it made none. */
  rowOf(cellId: string): CellRow | undefined {
    return this._rows.get(cellId);
  }

  /** Listen while the notebook can be seen. */
  setActive(isActive: boolean): void {
    this._isActive = isActive;
    this._listen();
    if (isActive && this._isOutdated) {
      this.refresh();
    }
  }

  /** Ask anew for all cells. */
  refresh(): void {
    this._wanted = null;
    this._askSoon();
  }

  /** Ask for cells that were not there before. */
  notice(cellIds: readonly string[]): void {
    const fresh = cellIds.filter(id => !this._asked.has(id));
    if (fresh.length > 0) {
      this._want(fresh);
    }
  }

  /** Where nothing was recorded before, look whether a cell has begun to. */
  executed(): void {
    if (!this._exists) {
      this.refresh();
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._isActive = false;
    this._listen();
    this._abort.abort();
    window.clearTimeout(this._timer);
    this._live.changed.disconnect(this._onLive, this);
    Signal.clearData(this);
  }

  /** A channel costs the server a look at the store: none without a store or somebody who looks. */
  private _listen(): void {
    const isWanted = this._isActive && this._exists;
    if (isWanted && !this._hold) {
      this._hold = this._live.hold();
    } else if (!isWanted && this._hold) {
      this._hold.dispose();
      this._hold = null;
    }
  }

  private _onLive(_: Live, { runs }: LiveChange): void {
    if (runs === null) {
      this.refresh();
      return;
    }
    let isOther = false;
    for (const run of runs) {
      const cellId = run.tags[CELL_ID];
      if (cellId !== undefined && this._names.has(run.tags[SOURCE_NAME])) {
        isOther = this._take(cellId, run) || isOther;
      }
    }
    if (isOther) {
      this._changed.emit();
    }
  }

  /** Take over what a run says; whether something to be seen is other now. */
  private _take(cellId: string, run: RunRow): boolean {
    const row = this._rows.get(cellId);
    const known = row?.runs.find(({ run_id }) => run_id === run.run_id);
    const isNew = !this._seen.has(run.run_id);
    this._seen.add(run.run_id);
    if (isNew || run.lifecycle_stage !== 'active') {
      this._want([cellId]);
    }
    if (!row || !known || isSame(known, run)) {
      return false;
    }
    const { run_id, run_name, status, start_time, end_time } = run;
    const changed = { run_id, run_name, status, start_time, end_time };
    const runs = row.runs.map(old => (old === known ? changed : old));
    this._rows.set(cellId, { ...row, runs });
    if (row.source === null && end_time !== null) {
      // Its code is kept beside it, a little later than it began.
      this._want([cellId]);
    }
    return true;
  }

  private _want(cellIds: readonly string[]): void {
    cellIds.forEach(id => this._wanted?.add(id));
    this._askSoon();
  }

  private _askSoon(): void {
    this._isOutdated = true;
    if (this._timer === 0 && !this._isAsking && !this._isDisposed) {
      this._timer = window.setTimeout(() => void this._ask(), SETTLING);
    }
  }

  private async _ask(): Promise<void> {
    this._timer = 0;
    const { api, folder, notebook, cellIds } = this._options;
    const present = cellIds().slice(0, MOST_CELLS);
    const wanted = this._wanted;
    const cell_ids = wanted ? present.filter(id => wanted.has(id)) : present;
    this._wanted = new Set();
    this._isOutdated = false;
    this._isAsking = true;
    try {
      const request = { folder, notebook, cell_ids };
      const answer = await api.runs(request, this._abort.signal);
      this._live.seen(answer.revision);
      this._names = new Set(answer.names);
      this._exists = answer.exists;
      cell_ids.forEach(id => {
        this._asked.add(id);
        this._rows.delete(id);
      });
      for (const row of answer.cells) {
        this._rows.set(row.cell_id, row);
        row.runs.forEach(({ run_id }) => this._seen.add(run_id));
      }
      this._listen();
      this._changed.emit();
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      // Marks are a convenience: the sidebar tells what is wrong, and the next change asks again.
      console.warn('The runs of the cells could not be read.', error);
      this._wanted = wanted && this._wanted ? this._wanted : null;
    } finally {
      this._isAsking = false;
    }
    if (this._isOutdated) {
      this._askSoon();
    }
  }

  private readonly _live: Live;
  private readonly _abort = new AbortController();
  private readonly _rows = new Map<string, CellRow>();
  private readonly _asked = new Set<string>();
  private readonly _seen = new Set<string>();
  private _names = new Set<string>();
  private _exists = false;
  private _isActive = false;
  private _isDisposed = false;
  private _isAsking = false;
  private _isOutdated = false;
  /** The cells to ask for; null for all. */
  private _wanted: Set<string> | null = null;
  private _timer = 0;
  private _hold: IDisposable | null = null;
  private readonly _changed = new Signal<this, void>(this);
}

/** Whether a cell's code is other than it was for its latest run. */
export function isStale(row: CellRow, source: string): boolean {
  return row.source !== null && row.source.trimEnd() !== source.trimEnd();
}

function isSame(known: CellRun, run: RunRow): boolean {
  return (
    known.status === run.status &&
    known.run_name === run.run_name &&
    known.end_time === run.end_time
  );
}
