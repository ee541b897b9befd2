import * as React from 'react';

import type { Order } from '../../models/order';
import type { RunsModel } from '../../models/runs';
import type { RunsState } from '../../models/runsState';
import { isOpened } from '../../models/runsState';
import type { SelectionModel } from '../../models/selection';
import type { SparklineModel } from '../../models/sparklines';
import { useSignal, useTrans } from '../common/context';
import { EmptyState, ErrorBar } from '../common/message';
import { ActionBar } from './ActionBar';
import { FilterBox } from './FilterBox';
import { ListHeader } from './ListHeader';
import { NoMatch, NoRuns, NoStore } from './Nothing';
import { RunList } from './RunList';
import { Toolbar } from './Toolbar';

/** What the list of runs needs and tells. */
export interface RunsViewProps {
  model: RunsModel;
  selection: SelectionModel;
  sparklines: SparklineModel;
  revealed: { runId: string } | null;
  /** Draw what stands above the list. */
  header: (state: RunsState) => React.ReactNode;
  /** Why runs of a store cannot be changed; null where they can. */
  whyNot: (folder: string) => string | null;
  /** Look at the store of the folder that is worked in. */
  onFollowFolder: () => void;
  onOpen: (runId: string) => void;
  onDelete: (runIds: readonly string[]) => void;
  onRestore: (runIds: readonly string[]) => void;
  onCompare: (runIds: readonly string[]) => void;
}

/** The sidebar: which runs there are, how they do, and which to compare. */
export function RunsView(props: RunsViewProps): JSX.Element {
  const { model, selection, sparklines } = props;
  useSignal(model.changed);
  useSignal(selection.changed);
  useSignal(sparklines.changed);
  const { state } = model;
  const isEmpty = state.runs.length === 0;
  const locked = props.whyNot(state.folder ?? '');
  const names = React.useMemo(
    () => new Map(state.experiments.map(e => [e.experiment_id, e.name])),
    [state.experiments]
  );
  const used = state.experiments.filter(e => e.run_count > 0).length;
  const actions = useActions(model, selection, sparklines);

  return (
    <div className="jp-tracker-runs" data-view={state.view}>
      {props.header(state)}
      <Toolbar
        experiments={state.experiments}
        experimentId={state.experimentId}
        notebook={nameOf(state.notebook)}
        notebookOnly={state.notebookOnly}
        onNotebookOnly={actions.onNotebookOnly}
        view={state.view}
        onView={actions.onView}
        onExperiment={actions.onExperiment}
        onRefresh={actions.onRefresh}
      />
      <FilterBox
        value={state.filter}
        error={state.filterError}
        onChange={actions.onFilter}
      />
      <Trouble
        state={state}
        onRetry={actions.onRefresh}
        onFollowFolder={props.onFollowFolder}
      />
      <div
        role="grid"
        className="jp-tracker-grid"
        aria-label={useTrans().__('Runs')}
        aria-rowcount={state.total + 1}
        aria-multiselectable="true"
        aria-busy={state.isLoading}
        data-empty={isEmpty}
      >
        <ListHeader
          state={state}
          selection={selection}
          onMetric={actions.onMetric}
          onOrder={actions.onOrder}
        />
        {!isEmpty && (
          <RunList
            runs={state.runs}
            list={state.list}
            offset={state.offset}
            total={state.total}
            metric={state.metric}
            curves={sparklines.curves}
            experiments={state.experimentId === null && used > 1 ? names : null}
            isTicked={actions.isTicked}
            revealed={props.revealed}
            onTick={actions.onTick}
            onOpen={props.onOpen}
            onDelete={
              state.view === 'active' && locked === null ? props.onDelete : null
            }
            onShown={actions.onShown}
            onVisible={actions.onVisible}
          />
        )}
      </div>
      <Nothing
        state={state}
        onClear={actions.onClearFilter}
        onEverything={() => model.setScope({ notebookOnly: false })}
      />
      <ActionBar
        count={selection.runIds.length}
        view={state.view}
        locked={locked}
        onDelete={() => props.onDelete(selection.runIds)}
        onRestore={() => props.onRestore(selection.runIds)}
        onClear={actions.onClear}
        onCompare={() => props.onCompare(selection.runIds)}
      />
    </div>
  );
}

/** What the parts of the view do, the same functions at each drawing. */
function useActions(
  model: RunsModel,
  selection: SelectionModel,
  sparklines: SparklineModel
) {
  return React.useMemo(
    () => ({
      onExperiment: (id: string | null) => model.setExperiment(id),
      onRefresh: () => void model.refresh(),
      onFilter: (filter: string) => model.setFilter(filter),
      onClearFilter: () => model.setFilter(''),
      onView: (view: 'active' | 'deleted') => {
        // What is ticked in one list is out of sight in the other.
        selection.clear();
        model.setScope({ view });
      },
      onNotebookOnly: (only: boolean) => model.setScope({ notebookOnly: only }),
      onMetric: (key: string | null) => model.setMetric(key),
      onOrder: (order: Order) => model.setOrder(order),
      onShown: (first: number, last: number) => model.show({ first, last }),
      onVisible: (runIds: readonly string[]) => sparklines.show(runIds),
      isTicked: (runId: string) => selection.has(runId),
      onTick: (runIds: readonly string[], ticked: boolean) =>
        selection.setAll(runIds, ticked),
      onClear: () => selection.clear()
    }),
    [model, selection, sparklines]
  );
}

function nameOf(path: string | null): string | null {
  return path && path.slice(path.lastIndexOf('/') + 1);
}

function Trouble(props: {
  state: RunsState;
  onRetry: () => void;
  onFollowFolder: () => void;
}): JSX.Element | null {
  const trans = useTrans();
  const { error, live, folder } = props.state;
  if (error?.status === 404 && isOpened(folder)) {
    return (
      <ErrorBar
        message={error.message}
        action={trans.__('Back to the folder’s store')}
        onAction={props.onFollowFolder}
      />
    );
  }
  if (error) {
    return (
      <ErrorBar
        message={error.message}
        action={trans.__('Try again')}
        onAction={props.onRetry}
      />
    );
  }
  return live === 'offline' ? (
    <ErrorBar
      message={trans.__(
        'The Jupyter server does not answer. The list is updated as soon as it does.'
      )}
    />
  ) : null;
}

function Nothing(props: {
  state: RunsState;
  onClear: () => void;
  onEverything: () => void;
}): JSX.Element | null {
  const { store, runs, isLoading, filter, error, experimentId } = props.state;
  const trans = useTrans();
  if (isLoading || runs.length > 0 || error || store === null) {
    return null;
  }
  if (filter.trim() !== '') {
    return <NoMatch filter={filter} onClear={props.onClear} />;
  }
  if (props.state.view === 'deleted') {
    return <EmptyState title={trans.__('No deleted runs')} />;
  }
  if (props.state.notebookOnly && props.state.notebook !== null) {
    return (
      <EmptyState title={trans.__('No runs of this notebook yet')}>
        <p>
          <button
            type="button"
            className="jp-tracker-button"
            onClick={props.onEverything}
          >
            {trans.__('Show the runs of all notebooks')}
          </button>
        </p>
      </EmptyState>
    );
  }
  if (isOpened(props.state.folder)) {
    return <EmptyState title={trans.__('No runs in this store')} />;
  }
  return store.exists && experimentId !== null ? <NoRuns /> : <NoStore />;
}
