import * as React from 'react';

import { statusName } from '../../format';
import type { ArtifactsModel } from '../../models/artifacts';
import type { CompareModel } from '../../models/compare';
import type { Preferences } from '../../models/preferences';
import type { RunRow } from '../../wire';
import { useColors, useSignal, useTrans } from '../common/context';
import { EmptyState, ErrorBar } from '../common/message';
import { ColorDot, StateIcon } from '../common/state';
import { ChartControls } from '../compare/ChartControls';
import { CurvesPane } from '../compare/CurvesPane';
import { Artifacts } from './Artifacts';
import { Facts } from './Facts';
import { MetricsTable, TextTable } from './Tables';

const INTERNAL_TAG = /^(mlflow|tracker)\./;

/** What the view of a run needs. */
export interface RunViewProps {
  model: CompareModel;
  artifacts: ArtifactsModel;
  preferences: Preferences;
}

/** One run: what it was given, how it did and what it left behind. */
export function RunView(props: RunViewProps): JSX.Element {
  const { model, artifacts, preferences } = props;
  useSignal(model.changed);
  useSignal(preferences.changed);
  const trans = useTrans();
  const { state } = model;
  const run: RunRow | undefined = state.runs[0];
  useReloadAtEnd(run, artifacts);
  if (!run) {
    return state.error ? (
      <ErrorBar
        message={state.error.message}
        action={trans.__('Try again')}
        onAction={() => void model.load()}
      />
    ) : (
      <EmptyState
        title={
          state.isLoading
            ? trans.__('Loading…')
            : trans.__('This run is not in this store')
        }
      />
    );
  }
  const tags = Object.entries(run.tags).filter(
    ([key]) => !INTERNAL_TAG.test(key)
  );
  return (
    <div className="jp-tracker-run-view">
      <RunHeading run={run} />
      <Facts run={run} experiments={state.experiments} />
      <div className="jp-tracker-columns">
        <Section title={trans.__('Params')}>
          <TextTable
            kind="param"
            runId={run.run_id}
            entries={Object.entries(run.params)}
            nothing={trans.__('No params')}
          />
        </Section>
        <Section title={trans.__('Metrics')}>
          <MetricsTable run={run} />
        </Section>
        {tags.length > 0 && (
          <Section title={trans.__('Tags')}>
            <TextTable
              kind="tag"
              runId={run.run_id}
              entries={tags}
              nothing=""
            />
          </Section>
        )}
      </div>
      {hasCurves(run) && (
        <Section
          title={trans.__('Curves')}
          controls={
            <ChartControls
              view={preferences.view}
              onView={change => preferences.setView(change)}
            />
          }
        >
          <CurvesPane
            model={model}
            runs={state.runs}
            view={preferences.view}
            emphasis={null}
            curvesOnly
          />
        </Section>
      )}
      <Section title={trans.__('Artifacts')}>
        <Artifacts model={artifacts} />
      </Section>
    </div>
  );
}

function RunHeading(props: { run: RunRow }): JSX.Element {
  const { run } = props;
  const trans = useTrans();
  const colors = useColors();
  return (
    <div className="jp-tracker-run-heading">
      <ColorDot color={colors.colorOf(run.run_id)} />
      <h1>{run.run_name}</h1>
      <span className="jp-tracker-badge" data-status={run.status}>
        <StateIcon status={run.status} />
        {statusName(run.status, trans)}
      </span>
    </div>
  );
}

function Section(props: {
  title: string;
  controls?: React.ReactNode;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <section className="jp-tracker-section" aria-label={props.title}>
      <div className="jp-tracker-section-header">
        <h2>{props.title}</h2>
        {props.controls}
      </div>
      {props.children}
    </section>
  );
}

function hasCurves(run: RunRow): boolean {
  return Object.values(run.metrics).some(metric => metric.count > 1);
}

/** Figures and output are written when a cell ends. */
function useReloadAtEnd(
  run: RunRow | undefined,
  artifacts: ArtifactsModel
): void {
  const status = run?.status;
  const before = React.useRef(status);
  React.useEffect(() => {
    if (before.current !== undefined && before.current !== status) {
      void artifacts.reload();
    }
    before.current = status;
  }, [status, artifacts]);
}
