import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import type { ApiError } from '../../errors';
import { asApiError, isAbort } from '../../errors';
import type { GroupMetric, GroupRow, GroupsRequest } from '../../wire';
import type { ListColumn } from './listColumns';
import { columnId, columnOf } from './listColumns';
import type { ListLayout } from './listLayout';
import type { Order } from './order';
import { GROUP_COUNT, GROUP_VALUE } from './order';
import { filterOf } from './question';
import type { RunsModel } from './runs';
import type { RunsState } from './runsState';

const MOST_GROUPS = 1_000;
const MOST_METRICS = 12;
const REFRESH_DELAY = 800;

/** The groups of the runs that the list is about. Every change makes a new object. */
export interface GroupsState {
  readonly groups: readonly GroupRow[];
  /** The metrics that each group tells of, by their column's id, in the order of its numbers. */
  readonly metrics: readonly string[];
  /** All groups and all runs in them. */
  readonly total: number;
  readonly runs: number;
  /** Whether every run that matches was looked at. */
  readonly isAll: boolean;
  readonly isLoading: boolean;
  readonly error: ApiError | null;
}

const NOTHING: GroupsState = {
  groups: [],
  metrics: [],
  total: 0,
  runs: 0,
  isAll: true,
  isLoading: true,
  error: null
};

/** Groups of all runs that match, worked out by the server; there are none while none are wanted. */
export class RunGroupsModel implements IDisposable {
  constructor(
    private readonly _api: Pick<IApi, 'groups'>,
    private readonly _runs: RunsModel,
    private readonly _layout: ListLayout
  ) {
    _runs.changed.connect(this._onChanged, this);
    _layout.changed.connect(this._onChanged, this);
  }

  isDisposed = false;

  get state(): GroupsState {
    return this._state;
  }

  /** Emitted when `state` is another one. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.isDisposed = true;
      this._abort.abort();
      window.clearTimeout(this._timer);
      this._runs.changed.disconnect(this._onChanged, this);
      this._layout.changed.disconnect(this._onChanged, this);
      Signal.clearData(this);
    }
  }

  private _onChanged(): void {
    const { state } = this._runs;
    if (state.groupBy === '' || state.store === null) {
      this._asked = '';
      return;
    }
    const metrics = metricsOf(state, this._layout.columns);
    const question = groupsQuestion(state, metrics);
    const asked = JSON.stringify(question);
    if (asked !== this._asked) {
      this._asked = asked;
      this._isBehind = false;
      this._set({ isLoading: true });
      void this._read(question, metrics.map(columnId));
    } else if (state.runs !== this._seen && !state.isLoading) {
      // Some run changed: its group may tell something else now.
      this._readSoon();
    }
    this._seen = state.runs;
  }

  /** Ask again, not more often than needed, and never while an answer is under way. */
  private _readSoon(): void {
    this._isBehind = true;
    if (this._timer === 0 && !this._isReading) {
      this._timer = window.setTimeout(() => {
        this._timer = 0;
        if (this._isBehind && this._asked !== '') {
          this._isBehind = false;
          const question = JSON.parse(this._asked) as GroupsRequest;
          void this._read(question, this._state.metrics);
        }
      }, REFRESH_DELAY);
    }
  }

  private async _read(
    question: GroupsRequest,
    metrics: readonly string[]
  ): Promise<void> {
    this._abort.abort();
    const abort = (this._abort = new AbortController());
    this._isReading = true;
    try {
      const answer = await this._api.groups(question, abort.signal);
      if (!abort.signal.aborted) {
        this._set({
          groups: answer.groups,
          metrics,
          total: answer.total,
          runs: answer.runs,
          isAll: answer.is_all,
          isLoading: false,
          error: null
        });
      }
    } catch (error) {
      if (!isAbort(error)) {
        this._set({ isLoading: false, error: asApiError(error) });
      }
    }
    if (abort === this._abort) {
      this._isReading = false;
      if (this._isBehind) {
        this._readSoon();
      }
    }
  }

  private _set(change: Partial<GroupsState>): void {
    if (!this.isDisposed) {
      this._state = { ...this._state, ...change };
      this._changed.emit();
    }
  }

  private _state = NOTHING;
  private _asked = '';
  private _seen: RunsState['runs'] = [];
  private _isBehind = false;
  private _isReading = false;
  private _timer = 0;
  private _abort = new AbortController();
  private _changed = new Signal<this, void>(this);
}

type MetricColumn = ListColumn & { kind: 'metric' };

/** Return the metrics that groups tell of, the one that they are sorted by first. */
function metricsOf(
  state: RunsState,
  columns: readonly ListColumn[]
): MetricColumn[] {
  const shown: MetricColumn[] =
    state.metric === null
      ? []
      : [{ kind: 'metric', key: state.metric, summary: 'last' }];
  const chosen = columns.filter(column => column.kind === 'metric');
  const sorted = columnOf(state.order.key);
  const first = sorted?.kind === 'metric' ? [sorted] : [];
  const all = [...first, ...shown, ...chosen].map(
    column => [columnId(column), column] as const
  );
  return [...new Map(all).values()].slice(0, MOST_METRICS);
}

function groupsQuestion(
  state: RunsState,
  metrics: readonly MetricColumn[]
): GroupsRequest {
  const { folder, experimentId, view, groupBy, order } = state;
  const filter = filterOf(state);
  const at = groupBy.indexOf(':');
  return {
    folder: folder ?? '',
    by: {
      kind: groupBy.slice(0, at) === 'tag' ? 'tag' : 'param',
      key: groupBy.slice(at + 1)
    },
    metrics: metrics.map(({ key, summary }): GroupMetric => ({ key, summary })),
    order_by: orderOf(order, groupBy),
    ascending: order.ascending,
    limit: MOST_GROUPS,
    ...(filter === '' ? {} : { filter }),
    ...(view === 'active' ? {} : { view }),
    ...(experimentId === null ? {} : { experiment_ids: [experimentId] })
  };
}

function orderOf(order: Order, groupBy: string): GroupsRequest['order_by'] {
  if (order.key === GROUP_COUNT) {
    return 'count';
  }
  if (order.key === GROUP_VALUE || order.key === groupBy) {
    return 'value';
  }
  const isMetric =
    order.key === 'metric' || columnOf(order.key)?.kind === 'metric';
  return isMetric ? 'mean' : 'newest';
}
