import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import type { ApiError } from '../../errors';
import { asApiError, isAbort } from '../../errors';
import { both, quote } from '../../filter';
import type { RunRow, SearchRequest } from '../../wire';
import { quotedName } from './listColumns';
import type { Children } from '../runs/nested';
import { childrenIn, childrenOf } from '../runs/nested';
import { filterOf, questionOf } from './question';
import type { RunsModel } from './runs';
import type { RunsState } from './runsState';

const PAGE = 50;
const LARGEST = 1_000;
const REFRESH_DELAY = 600;

/** What opens: a run with nested ones, or a group by its value, null for the runs that have none. */
export type Stem =
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'group'; readonly value: string | null };

/** The runs below something that was opened. */
export interface Branch {
  readonly stem: Stem;
  readonly runs: readonly RunRow[];
  readonly nextToken: string | null;
  /** How many runs are nested in each. */
  readonly children: Children;
  readonly isLoading: boolean;
  readonly error: ApiError | null;
}

/** Return what names a stem among all others. */
export function stemKey(stem: Stem): string {
  return stem.kind === 'run'
    ? `run:${stem.runId}`
    : `group:${JSON.stringify(stem.value)}`;
}

/** What was opened in the list: its runs are read when that happens, and followed from then on. */
export class BranchesModel implements IDisposable {
  constructor(
    private readonly _api: Pick<IApi, 'searchRuns'>,
    private readonly _runs: RunsModel
  ) {
    _runs.changed.connect(this._onList, this);
    _runs.told.connect(this._onTold, this);
  }

  isDisposed = false;

  /** Emitted when something was opened, closed or read. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What is open, by key; another map after each change. */
  get open(): ReadonlyMap<string, Branch> {
    return this._open;
  }

  /** Open or close. */
  toggle(stem: Stem): void {
    const key = stemKey(stem);
    if (this._open.has(key)) {
      const open = new Map(this._open);
      open.delete(key);
      this._publish(open);
    } else {
      this._put({
        stem,
        runs: [],
        nextToken: null,
        children: null,
        isLoading: true,
        error: null
      });
      void this._read(stem, PAGE, null);
    }
  }

  /** Read the next page of something that is open. */
  loadMore(stem: Stem): void {
    const branch = this._open.get(stemKey(stem));
    if (branch?.nextToken && !branch.isLoading) {
      this._put({ ...branch, isLoading: true });
      void this._read(stem, PAGE, branch.nextToken);
    }
  }

  /** Read again what could not be read. */
  retry(branch: Branch): void {
    const { stem, runs, nextToken } = branch;
    this._put({ ...branch, isLoading: true, error: null });
    void this._read(stem, PAGE, runs.length > 0 ? nextToken : null);
  }

  /** Return the ids of the runs below a stem, open or not: the first 1,000. */
  async idsBelow(stem: Stem): Promise<string[]> {
    const request = questionBelow(this._runs.state, stem, LARGEST);
    const { runs } = await this._api.searchRuns(request);
    return runs.map(run => run.run_id);
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.isDisposed = true;
      this._abort.abort();
      window.clearTimeout(this._timer);
      this._runs.changed.disconnect(this._onList, this);
      this._runs.told.disconnect(this._onTold, this);
      Signal.clearData(this);
    }
  }

  private async _read(
    stem: Stem,
    size: number,
    token: string | null
  ): Promise<void> {
    const { signal } = this._abort;
    const request = questionBelow(this._runs.state, stem, size);
    const key = stemKey(stem);
    try {
      const answer = await this._api.searchRuns(
        { ...request, page_token: token },
        signal
      );
      const branch = this._open.get(key);
      if (!branch || signal.aborted) {
        return;
      }
      const before = token === null ? [] : branch.runs;
      const known = new Set(before.map(run => run.run_id));
      const fresh = answer.runs.filter(run => !known.has(run.run_id));
      const runs = [...before, ...fresh];
      this._put({
        stem,
        runs,
        nextToken: answer.next_page_token,
        children: childrenOf(runs, childrenIn(answer), branch.children),
        isLoading: false,
        error: null
      });
    } catch (error) {
      const branch = this._open.get(key);
      if (branch && !isAbort(error)) {
        this._put({ ...branch, isLoading: false, error: asApiError(error) });
      }
    }
  }

  /** Another list: what was open in the old one is not in it. The same one read again: so are these. */
  private _onList(): void {
    const { folder, list, groupBy, runs } = this._runs.state;
    const about = JSON.stringify([folder, groupBy]);
    if (about !== this._about) {
      this._about = about;
      this._abort.abort();
      this._abort = new AbortController();
      if (this._open.size > 0) {
        this._publish(new Map());
      }
    } else if (list !== this._list && runs.length > 0) {
      this._refreshSoon(0);
    }
    this._list = list;
  }

  private _onTold(_: RunsModel, rows: readonly RunRow[] | null): void {
    if (this._open.size === 0) {
      return;
    }
    const changed = new Map(rows?.map(row => [row.run_id, row]));
    const open = new Map(this._open);
    for (const [key, branch] of open) {
      if (branch.runs.some(run => changed.has(run.run_id))) {
        const runs = branch.runs.map(run => changed.get(run.run_id) ?? run);
        runs.forEach(run => changed.delete(run.run_id));
        open.set(key, { ...branch, runs });
      }
    }
    this._publish(open);
    // What is in none of them may be new in one.
    if (rows === null || changed.size > 0) {
      this._refreshSoon(REFRESH_DELAY);
    }
  }

  private _refreshSoon(delay: number): void {
    if (this._timer === 0 && this._open.size > 0) {
      this._timer = window.setTimeout(() => {
        this._timer = 0;
        for (const { stem, runs } of this._open.values()) {
          const size = Math.min(Math.max(PAGE, runs.length), LARGEST);
          void this._read(stem, size, null);
        }
      }, delay);
    }
  }

  private _put(branch: Branch): void {
    this._publish(new Map(this._open).set(stemKey(branch.stem), branch));
  }

  private _publish(open: ReadonlyMap<string, Branch>): void {
    this._open = open;
    this._changed.emit();
  }

  private _open: ReadonlyMap<string, Branch> = new Map();
  private _about = '';
  private _list = 0;
  private _abort = new AbortController();
  private _timer = 0;
  private _changed = new Signal<this, void>(this);
}

/** Return what asks for the runs below a stem. */
export function questionBelow(
  state: RunsState,
  stem: Stem,
  size: number
): SearchRequest {
  const question = questionOf(state, size);
  if (stem.kind === 'run') {
    return { ...question, parent: stem.runId };
  }
  const filter = both(filterOf(state), isInGroup(state.groupBy, stem.value));
  return { ...question, filter };
}

function isInGroup(groupBy: string, value: string | null): string {
  const at = groupBy.indexOf(':');
  const field = `${groupBy.slice(0, at)}s.${quotedName(groupBy.slice(at + 1))}`;
  if (value === null) {
    return `${field} IS NULL`;
  }
  // The grammar has no escape: a value with both kinds of quotes is found by its pattern.
  const isPattern = value.includes("'") && value.includes('"');
  return `${field} ${isPattern ? 'LIKE' : '='} ${quote(value)}`;
}
