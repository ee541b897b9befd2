import * as React from 'react';

import type { BranchesModel } from '../../models/list/branches';
import type { HiddenModel } from '../../models/runs/hidden';
import type { ListLayout } from '../../models/list/listLayout';
import type { RunGroupsModel } from '../../models/list/runGroups';
import type { CompletionModel } from '../../models/list/completion';
import type { RecentFilters } from '../../models/list/recentFilters';
import type { RunsModel } from '../../models/list/runs';
import type { RunsState } from '../../models/list/runsState';
import { isOpened } from '../../models/list/runsState';
import type { SelectionModel } from '../../models/runs/selection';
import type { SparklineModel } from '../../models/list/sparklines';
import { useSize } from '../charts/useSize';
import { useSignal, useTrans } from '../common/context';
import { EmptyState, ErrorBar } from '../common/message';
import { ActionBar } from './ActionBar';
import { FilterBox } from './FilterBox';
import { ListHeader } from './ListHeader';
import { NoFavourites, NoMatch, NoRuns, NoStore } from './Nothing';
import { RunList } from './RunList';
import { Toolbar } from './Toolbar';
import { useActions } from './useActions';
import { useColumns } from './useColumns';
import { useListRows } from './useListRows';

/** What the list of runs needs and tells. */
export interface RunsViewProps {
  model: RunsModel;
  selection: SelectionModel;
  sparklines: SparklineModel;
  layout: ListLayout;
  groups: RunGroupsModel;
  branches: BranchesModel;
  hidden: HiddenModel;
  revealed: { runId: string } | null;
  /** Another object for each time that the cursor is to go into the filter. */
  filtering: object | null;
  completion: CompletionModel;
  recent: RecentFilters;
  /** Draw what stands above the list. */
  header: (state: RunsState) => React.ReactNode;
  /** Why runs of a store cannot be changed; null where they can. */
  whyNot: (folder: string) => string | null;
  /** Look at the store of the folder that is worked in. */
  onFollowFolder: () => void;
  onOpen: (runId: string) => void;
  onFavourite: (runIds: readonly string[], isFavourite: boolean) => void;
  onDelete: (runIds: readonly string[]) => void;
  onRestore: (runIds: readonly string[]) => void;
  onCompare: (runIds: readonly string[]) => void;
}

/** The sidebar: which runs there are, how they do, and which to compare. */
export function RunsView(props: RunsViewProps): JSX.Element {
  const { model, selection, sparklines, layout, groups } = props;
  useSignal(model.changed);
  useSignal(selection.changed);
  useSignal(sparklines.changed);
  useSignal(layout.changed);
  useSignal(props.hidden.changed);
  const { state } = model;
  const grid = React.useRef<HTMLDivElement>(null);
  const { width } = useSize(grid);
  const rows = useListRows(state, groups, props.branches);
  const isEmpty = rows.length === 0;
  const isTree = state.groupBy !== '' || hasChildren(state);
  const columns = useColumns(layout, width, state.metric !== null);
  const locked = props.whyNot(state.folder ?? '');
  const names = React.useMemo(
    () => new Map(state.experiments.map(e => [e.experiment_id, e.name])),
    [state.experiments]
  );
  const used = state.experiments.filter(e => e.run_count > 0).length;
  const actions = useActions(props);

  return (
    <div className="jp-tracker-runs" data-view={state.view}>
      {props.header(state)}
      <Toolbar
        experiments={state.experiments}
        experimentId={state.experimentId}
        notebook={nameOf(state.notebook)}
        notebookOnly={state.notebookOnly}
        onNotebookOnly={actions.onNotebookOnly}
        favouritesOnly={state.favouritesOnly}
        onFavouritesOnly={actions.onFavouritesOnly}
        view={state.view}
        onView={actions.onView}
        onExperiment={actions.onExperiment}
        onRefresh={actions.onRefresh}
      />
      <FilterBox
        value={state.filter}
        error={state.filterError}
        folder={state.folder ?? ''}
        asked={props.filtering}
        completion={props.completion}
        recent={props.recent}
        onChange={actions.onFilter}
      />
      <Trouble
        state={state}
        onRetry={actions.onRefresh}
        onFollowFolder={props.onFollowFolder}
      />
      <div
        ref={grid}
        role={isTree ? 'treegrid' : 'grid'}
        className="jp-tracker-grid"
        aria-label={useTrans().__('Runs')}
        aria-rowcount={rows.length + 1}
        aria-multiselectable="true"
        aria-busy={state.isLoading}
        data-empty={isEmpty}
        data-aligned={columns.aligned.length > 0 || undefined}
      >
        <ListHeader
          state={state}
          rows={rows}
          groups={groups.state}
          layout={layout}
          aligned={columns.aligned}
          selection={selection}
          onMetric={actions.onMetric}
          onOrder={actions.onOrder}
        />
        {!isEmpty && (
          <RunList
            {...columns}
            rows={rows}
            isTree={isTree}
            groupMetrics={groups.state.metrics}
            groupName={layout.groupBy.slice(layout.groupBy.indexOf(':') + 1)}
            runs={state.runs}
            list={state.list}
            offset={state.offset}
            total={state.total}
            metric={state.metric}
            curves={sparklines.curves}
            experiments={state.experimentId === null && used > 1 ? names : null}
            isTicked={actions.isTicked}
            isHidden={actions.isHidden}
            onHide={actions.onHide}
            onFavourite={actions.onFavourite}
            onFold={actions.onFold}
            onMore={actions.onMore}
            onTickGroup={actions.onTickGroup}
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
        onEverything={() =>
          model.setScope({ notebookOnly: false, favouritesOnly: false })
        }
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

function hasChildren({ children }: RunsState): boolean {
  return children !== null && [...children.values()].some(count => count > 0);
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
  if (props.state.favouritesOnly) {
    return <NoFavourites onEverything={props.onEverything} />;
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
