import * as React from 'react';

import type { CompareModel } from '../../models/compare/compare';
import type { FactsModel } from '../../models/compare/facts';
import { groupingsOf } from '../../models/runs/groups';
import { chartKeys } from '../../models/runs/metrics';
import type {
  ChartKind,
  PairKind,
  Preferences,
  RelationKind,
  View
} from '../../models/views/preferences';
import type { CodePlace } from '../charts/ChartActions';
import { CodePlaceProvider } from '../charts/ChartActions';
import { useSignal, useTrans } from '../common/context';
import { EmptyState, ErrorBar, Loading } from '../common/message';
import { CodePane } from '../pair/CodePane';
import { OutputsPane } from '../pair/OutputsPane';
import { RelationsPane } from '../relations/RelationsPane';
import { ChartControls } from '../charts/ChartControls';
import { ChartTabs } from './ChartTabs';
import { useCurveActions } from './CurveActions';
import { CurvesPane } from './CurvesPane';
import { GroupLegend } from './GroupLegend';
import { Legend } from './Legend';
import { Splitter } from './Splitter';
import type { ViewActionsProps } from './ViewActions';
import { ViewActions } from './ViewActions';
import { TablePart } from './TablePart';
import { useEmphasis } from './useEmphasis';

/** What the comparison needs and tells. */
export interface CompareViewProps {
  model: CompareModel;
  preferences: Preferences;
  facts: FactsModel;
  openCode: CodePlace['openCode'];
  viewActions: ViewActionsProps;
  onOpen: (runId: string) => void;
}

/** Some runs side by side: their curves above, and below a table of what they differ in. */
export function CompareView(props: CompareViewProps): JSX.Element {
  const { model, preferences } = props;
  useSignal(model.changed);
  useSignal(preferences.changed);
  const { view } = preferences;
  const { state } = model;
  const trans = useTrans();
  const { openCode } = props;
  const { storeUri } = state;
  const place = React.useMemo(
    () => ({ storeUri, openCode }),
    [storeUri, openCode]
  );
  if (state.runs.length === 0) {
    return <Nothing {...props} />;
  }
  return (
    <CodePlaceProvider value={place}>
      <div className="jp-tracker-compare">
        {state.error && (
          <ErrorBar
            message={state.error.message}
            action={trans.__('Try again')}
            onAction={() => void model.load()}
          />
        )}
        {state.missing.length > 0 && (
          <p className="jp-tracker-note" role="status">
            {trans._n(
              '%1 run is not in this store any more.',
              '%1 runs are not in this store any more.',
              state.missing.length
            )}
          </p>
        )}
        {isPairKind(view.chart) ? (
          <PairPart {...props} kind={view.chart} />
        ) : (
          <Splitter
            split={view.split}
            onSplit={split => preferences.setView({ split })}
            top={<ChartsPart {...props} kind={view.chart} />}
            bottom={<TablePart {...props} />}
          />
        )}
      </div>
    </CodePlaceProvider>
  );
}

function isPairKind(kind: ChartKind): kind is PairKind {
  return kind === 'code' || kind === 'outputs';
}

/** Two runs alone, in all the room there is. */
function PairPart(props: CompareViewProps & { kind: PairKind }): JSX.Element {
  const { model, preferences, kind } = props;
  const trans = useTrans();
  const { pair } = model;
  const name = kind === 'code' ? trans.__('Code') : trans.__('Outputs');
  return (
    <section className="jp-tracker-part" aria-label={name}>
      <div className="jp-tracker-part-header">
        <ChartTabs
          chosen={kind}
          onChoose={chart => preferences.setView({ chart })}
        />
        <ViewActions {...props.viewActions} />
      </div>
      <div className="jp-tracker-scroll" tabIndex={0}>
        {pair === null ? (
          <EmptyState
            title={trans.__('One run has nothing to be compared with')}
          >
            <p>{trans.__('Tick more runs in the list and compare again.')}</p>
          </EmptyState>
        ) : kind === 'code' ? (
          <CodePane model={model} pair={pair} />
        ) : (
          <OutputsPane model={model} pair={pair} preferences={preferences} />
        )}
      </div>
    </section>
  );
}

function ChartsPart(
  props: CompareViewProps & { kind: 'curves' | RelationKind }
): JSX.Element {
  const { model, preferences, kind } = props;
  const { view } = preferences;
  const { runs, hidden } = model.state;
  const trans = useTrans();
  const [emphasis, setEmphasis] = useEmphasis();
  const setView = React.useCallback(
    (change: Partial<View>) => preferences.setView(change),
    [preferences]
  );
  const drawn = runs.filter(run => !hidden.has(run.run_id));
  const isDrawn = drawn.some(run => run.run_id === emphasis);
  const lifted = isDrawn ? emphasis : null;
  const actions = useCurveActions(drawn, view);
  const groupings = groupingsOf(runs);
  const isGrouped =
    kind === 'curves' && groupings.some(({ id }) => id === view.groupBy);
  return (
    <section className="jp-tracker-part" aria-label={trans.__('Curves')}>
      <div className="jp-tracker-part-header">
        <ChartTabs
          chosen={kind}
          onChoose={chart => preferences.setView({ chart })}
        />
        <ViewActions {...props.viewActions} />
        {kind === 'curves' && (
          <ChartControls
            view={view}
            groupings={groupings}
            metrics={chartKeys(runs, true)}
            onView={setView}
          />
        )}
        {isGrouped ? (
          <GroupLegend runs={drawn} groupBy={view.groupBy} />
        ) : (
          <Legend
            runs={runs}
            hidden={hidden}
            onHide={(runId, isHidden) => model.setHidden([runId], isHidden)}
            onEmphasis={setEmphasis}
          />
        )}
      </div>
      <div className="jp-tracker-scroll" tabIndex={0}>
        {kind === 'curves' ? (
          <CurvesPane
            model={model}
            runs={drawn}
            view={view}
            emphasis={lifted}
            onView={setView}
            actions={actions}
          />
        ) : (
          <RelationsPane
            // Axes that were chosen for one kind of chart mean nothing to another.
            key={kind}
            kind={kind}
            model={model}
            runs={drawn}
            preferences={preferences}
            emphasis={lifted}
            onEmphasis={setEmphasis}
            onOnly={ids => model.showOnly(ids)}
          />
        )}
      </div>
    </section>
  );
}

function Nothing(props: CompareViewProps): JSX.Element {
  const { state } = props.model;
  const trans = useTrans();
  if (state.error) {
    return (
      <ErrorBar
        message={state.error.message}
        action={trans.__('Try again')}
        onAction={() => void props.model.load()}
      />
    );
  }
  return state.isLoading ? (
    <Loading />
  ) : (
    <EmptyState title={trans.__('These runs are not in this store')}>
      <p>
        {trans.__(
          'They were removed for good, or the folder has another store now.'
        )}
      </p>
    </EmptyState>
  );
}
