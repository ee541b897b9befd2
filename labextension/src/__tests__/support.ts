import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { IApi } from '../api';
import { ApiError } from '../errors';
import type { Live, LiveChange, LiveState } from '../models/runs/live';
import type {
  CompareAnswer,
  CompareRequest,
  EditRequest,
  GroupsAnswer,
  GroupsRequest,
  FieldsAnswer,
  HistoryAnswer,
  ImportanceAnswer,
  ImportanceRequest,
  MetricRow,
  RunEdit,
  RunRow,
  SearchRequest,
  StoreChoiceRow,
  StoresAnswer,
  ValueRow
} from '../wire';

/** English as it is written in the sources. */
export const trans = {
  __: (text: string, ...args: unknown[]) => fill(text, args),
  _n: (one: string, many: string, n: number, ...args: unknown[]) =>
    fill(n === 1 ? one : many, [n, ...args])
} as unknown as TranslationBundle;

function fill(text: string, args: unknown[]): string {
  return text.replace(/%(\d)/g, (_, i: string) => String(args[Number(i) - 1]));
}

/** Return a run that has ended, changed where it is said. */
export function run(runId: string, change: Partial<RunRow> = {}): RunRow {
  return {
    run_id: runId,
    run_name: `name of ${runId}`,
    experiment_id: '1',
    status: 'FINISHED',
    lifecycle_stage: 'active',
    user_id: 'ada',
    start_time: 1_000,
    end_time: 2_000,
    params: {},
    metrics: {},
    tags: {},
    ...change
  };
}

/** Return the summary of a metric with one point, changed where it is said. */
export function metric(
  last: MetricRow['last'],
  change: Partial<MetricRow> = {}
): MetricRow {
  const summary = { min: last, max: last, count: 1 };
  return { last, ...summary, last_step: 0, last_timestamp: 0, ...change };
}

const NO_DIFFERENCE = {
  params: [],
  metrics: [],
  environment: [],
  packages: [],
  git: [],
  datasets: [],
  code: [],
  texts: [],
  outputs: [],
  findings: []
};

/** A server that keeps its runs in memory and can be made to wait or to fail. */
export class FakeServer implements IApi {
  runs: RunRow[] = [];
  uri = '/study/.tracker';
  exists = true;
  revision = 1;
  failure: Error | null = null;
  /** What is sent is told here, oldest first. */
  searches: SearchRequest[] = [];
  edits: RunEdit[] = [];
  histories: Parameters<IApi['history']>[0][] = [];
  answerHistory: (request: Parameters<IApi['history']>[0]) => HistoryAnswer =
    () => ({ series: [] });
  comparisons: CompareRequest[] = [];
  answerCompare: (request: CompareRequest) => Partial<CompareAnswer> =
    () => ({});
  groupsAsked: GroupsRequest[] = [];
  answerGroups: (request: GroupsRequest) => GroupsAnswer = () => ({
    groups: [],
    total: 0,
    runs: 0,
    is_all: true
  });
  sockets: FakeSocket[] = [];
  experimentsAsked = 0;
  writable = true;
  /** What the store switcher is told; a location that is no key of `openable` is refused. */
  stores: StoresAnswer = {
    here: choice('', 'study'),
    found: [],
    recent: [],
    searching: false,
    beyond: true
  };
  openable: Record<string, StoreChoiceRow> = {};
  /** What a filter can ask about. */
  known: FieldsAnswer = { fields: [], summaries: [] };
  knownValues: Record<string, ValueRow[]> = {};
  valuesAsked: [string, string][] = [];
  opened: string[] = [];
  /** While this is set no search is answered. */
  gate: Promise<void> | null = null;
  /** Whether counting is cheap, is done when it is asked for, or cannot be done. */
  counts: 'always' | 'asked' | 'never' = 'always';

  experiments() {
    this.experimentsAsked += 1;
    this._failIfAsked();
    const ids = [...new Set(this.runs.map(row => row.experiment_id))];
    const { uri, exists, revision } = this;
    return Promise.resolve({
      store: {
        uri,
        exists,
        revision,
        name: 'study',
        kind: 'tracker' as const,
        writable: this.writable
      },
      experiments: ids.map(experiment_id => ({
        experiment_id,
        name: `experiment ${experiment_id}`,
        lifecycle_stage: 'active',
        creation_time: null,
        last_update_time: null,
        run_count: this.runs.filter(row => row.experiment_id === experiment_id)
          .length
      }))
    });
  }

  async searchRuns(request: SearchRequest, signal?: AbortSignal) {
    this.searches.push(request);
    this._failIfAsked();
    const rows = this._matching(request);
    const from = request.offset ?? Number(request.page_token ?? 0);
    const until = from + (request.max_results ?? 200);
    await this.gate;
    if (signal?.aborted) {
      throw new DOMException('No longer wanted.', 'AbortError');
    }
    return {
      runs: rows.slice(from, until),
      next_page_token: until < rows.length ? String(until) : null,
      total: this._isCounted(request) ? rows.length : null,
      ...this._children(request)
    };
  }

  groups(request: GroupsRequest): Promise<GroupsAnswer> {
    this.groupsAsked.push(request);
    this._failIfAsked();
    return Promise.resolve(this.answerGroups(request));
  }

  editRuns({ edits }: EditRequest) {
    this.edits.push(...edits);
    this._failIfAsked();
    this.runs = this.runs.map(row => {
      const edit = edits.find(({ run_id }) => run_id === row.run_id);
      return edit ? edited(row, edit) : row;
    });
    const ids = edits.map(({ run_id }) => run_id);
    const runs = this.runs.filter(row => ids.includes(row.run_id));
    return Promise.resolve({ runs });
  }

  history(request: Parameters<IApi['history']>[0]): Promise<HistoryAnswer> {
    this.histories.push(request);
    this._failIfAsked();
    return Promise.resolve(this.answerHistory(request));
  }

  compareRuns(request: CompareRequest): Promise<CompareAnswer> {
    this.comparisons.push(request);
    this._failIfAsked();
    return Promise.resolve({
      run_ids: request.run_ids,
      run_names: request.run_ids.map(id => `name of ${id}`),
      ...NO_DIFFERENCE,
      ...this.answerCompare(request)
    });
  }

  importance(request: ImportanceRequest): Promise<ImportanceAnswer> {
    this._failIfAsked();
    return Promise.resolve({
      state: 'not_installed',
      params: [],
      score: null,
      runs: request.run_ids.length,
      left_out: 0
    });
  }

  artifacts(_folder: string, _runId: string, path: string) {
    return Promise.resolve({ path, files: [] });
  }

  artifact() {
    return Promise.resolve(new Blob());
  }

  fields() {
    this._failIfAsked();
    return Promise.resolve(this.known);
  }

  values(_folder: string, field: string, typed: string) {
    this.valuesAsked.push([field, typed]);
    const values = (this.knownValues[field] ?? []).filter(row =>
      row.value.includes(typed)
    );
    return Promise.resolve({ values });
  }

  listStores() {
    this._failIfAsked();
    return Promise.resolve(this.stores);
  }

  openStore(location: string) {
    this.opened.push(location);
    const store = this.openable[location];
    return store
      ? Promise.resolve({ store })
      : Promise.reject(new ApiError(`There is nothing at ${location}.`, 404));
  }

  forgetStore(folder: string) {
    const recent = this.stores.recent.filter(row => row.folder !== folder);
    this.stores = { ...this.stores, recent };
    return Promise.resolve({ recent });
  }

  openLive(): WebSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  }

  private _isCounted({ count }: SearchRequest): boolean {
    return this.counts === 'asked' ? (count ?? true) : this.counts === 'always';
  }

  private _children({ parent }: SearchRequest) {
    const children: Record<string, number> = {};
    for (const { tags } of this.runs) {
      const above = tags['mlflow.parentRunId'];
      if (above !== undefined) {
        children[above] = (children[above] ?? 0) + 1;
      }
    }
    return parent === undefined ? {} : { children };
  }

  private _matching(request: SearchRequest): RunRow[] {
    const ids = request.experiment_ids;
    const view = request.view ?? 'active';
    const wanted = /name ILIKE '%(.*)%'/.exec(request.filter ?? '')?.[1];
    const inList = /run_id IN \((.*)\)/.exec(request.filter ?? '')?.[1];
    return this.runs
      .filter(row => request.view === 'all' || row.lifecycle_stage === view)
      .filter(
        row =>
          request.parent === undefined ||
          (row.tags['mlflow.parentRunId'] ?? '') === request.parent
      )
      .filter(row => !ids || ids.includes(row.experiment_id))
      .filter(row => !wanted || row.run_name.includes(wanted))
      .filter(row => !inList || inList.includes(`'${row.run_id}'`))
      .sort((a, b) => b.start_time - a.start_time);
  }

  private _failIfAsked(): void {
    if (this.failure) {
      throw this.failure;
    }
  }
}

/** Return a store to choose. */
export function choice(
  folder: string,
  name: string,
  change: Partial<StoreChoiceRow> = {}
): StoreChoiceRow {
  const place = `${name}/.tracker`;
  return { folder, name, kind: 'tracker', place, uri: `/${place}`, ...change };
}

function edited(row: RunRow, edit: RunEdit): RunRow {
  const tags = { ...row.tags, ...edit.tags };
  return {
    ...row,
    run_name: edit.run_name ?? row.run_name,
    lifecycle_stage: edit.lifecycle_stage ?? row.lifecycle_stage,
    tags: Object.fromEntries(
      Object.entries(tags).filter((tag): tag is [string, string] => {
        return tag[1] !== null;
      })
    )
  };
}

/** The page's end of a websocket. */
export class FakeSocket {
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  isClosed = false;

  close(): void {
    this.isClosed = true;
  }

  /** Send a message from the server. */
  tell(revision: number, change: object = {}): void {
    const message = {
      type: 'changes',
      revision,
      runs: [],
      experiments_changed: false,
      truncated: false,
      ...change
    };
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

/** A channel on which a test says what changed. */
export class FakeLive {
  state: LiveState = 'live';
  readonly changed = new Signal<this, LiveChange>(this);
  readonly stateChanged = new Signal<this, LiveState>(this);
  holders = 0;

  hold() {
    this.holders += 1;
    return { isDisposed: false, dispose: () => void (this.holders -= 1) };
  }

  seen(): void {
    // The tests of Live cover what it does with revisions.
  }

  /** Say that these runs changed. */
  tell(runs: RunRow[] | null, experimentsChanged = false): void {
    this.changed.emit({ runs, experimentsChanged });
  }

  /** Return channels that all are this one. */
  asChannels() {
    return { of: () => this as unknown as Live };
  }
}

/** Wait until nothing is under way any more. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await Promise.resolve();
  }
}
