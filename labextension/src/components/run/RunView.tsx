import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { ArtifactsModel } from '../../models/artifacts';
import type { CompareModel } from '../../models/compare';
import type { Editor } from '../../models/edits';
import { NOTE } from '../../models/edits';
import type { Grouping } from '../../models/groups';
import type { Preferences } from '../../models/preferences';
import type { RunRow } from '../../wire';
import { useSignal, useTrans } from '../common/context';
import { EmptyState, ErrorBar } from '../common/message';
import { ChartControls } from '../compare/ChartControls';
import { CurvesPane } from '../compare/CurvesPane';
import { Artifacts } from './Artifacts';
import { Code, useCode } from './Code';
import { Facts } from './Facts';
import { Notes } from './Notes';
import { Outputs, useOutputs } from './Outputs';
import { RunHeading } from './RunHeading';
import { MetricsTable, TextTable } from './Tables';
import { TagsTable } from './TagsTable';

/** One run is no group. */
const NO_GROUPINGS: readonly Grouping[] = [];
const INTERNAL_TAG = /^(mlflow|tracker)\./;

/** What the view of a run needs. */
export interface RunViewProps {
  model: CompareModel;
  artifacts: ArtifactsModel;
  preferences: Preferences;
  editor: Editor;
  rendermime: IRenderMimeRegistry;
  onCancel: (runId: string) => void;
  onMenu: ((runId: string) => void) | null;
}

/** One run: what it was given, how it did and what it left behind. */
export function RunView(props: RunViewProps): JSX.Element {
  const {
    model,
    artifacts,
    preferences,
    editor,
    rendermime,
    onCancel,
    onMenu
  } = props;
  useSignal(model.changed);
  useSignal(editor.allowedChanged);
  useSignal(preferences.changed);
  const trans = useTrans();
  const { state, folder } = model;
  const outputs = useOutputs(artifacts);
  const code = useCode(artifacts);
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
  // A run in the bin takes no changes, and some stores take none at all.
  const locked = editor.whyNot(folder);
  const canEdit = run.lifecycle_stage === 'active' && locked === null;
  return (
    <div className="jp-tracker-run-view">
      <RunHeading
        run={run}
        locked={locked}
        onRename={name => void editor.rename(folder, run, name)}
        onDelete={() => void editor.remove(folder, [run.run_id])}
        onRestore={() => void editor.restore(folder, [run.run_id])}
        onCancel={isRunningProject(run) ? () => onCancel(run.run_id) : null}
        onMenu={onMenu && (() => onMenu(run.run_id))}
      />
      <Facts run={run} experiments={state.experiments} />
      <Notes
        text={run.tags[NOTE] ?? ''}
        rendermime={rendermime}
        onChange={
          canEdit ? text => void editor.describe(folder, run, text) : null
        }
      />
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
        <Section title={trans.__('Tags')}>
          <TagsTable
            run={run}
            entries={tags}
            onTag={
              canEdit
                ? (key, value) => void editor.tag(folder, run, key, value)
                : null
            }
          />
        </Section>
      </div>
      {hasCurves(run) && (
        <Section
          title={trans.__('Curves')}
          controls={
            <ChartControls
              view={preferences.view}
              groupings={NO_GROUPINGS}
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
      {code && (
        <Section title={trans.__('Code')}>
          <Code code={code} rendermime={rendermime} />
        </Section>
      )}
      {outputs.length > 0 && (
        <Section title={trans.__('Outputs')}>
          <Outputs outputs={outputs} rendermime={rendermime} />
        </Section>
      )}
      <Section title={trans.__('Artifacts')}>
        <Artifacts model={artifacts} />
      </Section>
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

/** Whoever watches over a project's run can be asked to end it; a cell's kernel is interrupted. */
function isRunningProject(run: RunRow): boolean {
  const isOpen = run.status === 'RUNNING' || run.status === 'SCHEDULED';
  return isOpen && run.tags['mlflow.source.type'] === 'PROJECT';
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
