import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { ArtifactsModel } from '../../models/files/artifacts';
import type { CompareModel } from '../../models/compare/compare';
import type { Editor } from '../../models/runs/edits';
import { NOTE } from '../../models/runs/edits';
import type { Grouping } from '../../models/runs/groups';
import { isSystemMetric } from '../../models/runs/metrics';
import type { RunPlace } from '../../models/run/place';
import type { Preferences, View } from '../../models/views/preferences';
import type { RunFiles } from '../../models/files/runFiles';
import type { RunRow } from '../../wire';
import { ArtifactsSection } from '../artifacts/ArtifactsSection';
import { Download } from '../artifacts/Download';
import { useSignal, useTrans } from '../common/context';
import { EmptyState, ErrorBar } from '../common/message';
import { ChartControls } from '../charts/ChartControls';
import { LinksProvider } from '../charts/links';
import { useChartLinks } from '../charts/useChartLinks';
import { Code, useCode } from './Code';
import { Environment, useEnvironment } from './Environment';
import { Facts } from './Facts';
import { Datasets, Family, useDetail } from './Family';
import { Log, useLogPath } from './Log';
import { Notes } from './Notes';
import { Outputs } from '../common/Outputs';
import { curveKeys, RunCharts } from './RunCharts';
import { RunHeading } from './RunHeading';
import type { SectionId } from './Section';
import { Section, SectionNav, useSentTo } from './Section';
import { MetricsTable, TextTable } from './Tables';
import { TagsTable } from './TagsTable';
import { useReloading } from './useReloading';
import { useOutputs } from './useOutputs';

/** One run is no group. */
const NO_GROUPINGS: readonly Grouping[] = [];
const INTERNAL_TAG = /^(mlflow|tracker)\./;

/** What the view of a run needs. */
export interface RunViewProps {
  model: CompareModel;
  artifacts: ArtifactsModel;
  files: RunFiles;
  place: RunPlace;
  preferences: Preferences;
  editor: Editor;
  rendermime: IRenderMimeRegistry;
  onCancel: (runId: string) => void;
  onMenu: ((runId: string) => void) | null;
  onOpen: (runId: string) => void;
}

/** One run: what it was given, how it did and what it left behind. */
export function RunView(props: RunViewProps): JSX.Element {
  const { model, artifacts, preferences } = props;
  useSignal(model.changed);
  useSignal(preferences.changed);
  const trans = useTrans();
  const { state } = model;
  const run: RunRow | undefined = state.runs[0];
  useReloading(run, artifacts);
  const onView = React.useCallback(
    (change: Partial<View>) => preferences.setView(change),
    [preferences]
  );
  const links = useChartLinks(preferences.view, onView);
  if (run) {
    return (
      <LinksProvider value={links}>
        <RunPage {...props} run={run} onView={onView} />
      </LinksProvider>
    );
  }
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

function RunPage(
  props: RunViewProps & { run: RunRow; onView: (change: Partial<View>) => void }
): JSX.Element {
  const { model, artifacts, files, place, preferences, editor } = props;
  const { run, rendermime, onMenu, onView } = props;
  const { folder } = model;
  useSignal(artifacts.changed);
  useSignal(editor.allowedChanged);
  const trans = useTrans();
  const page = React.useRef<HTMLDivElement>(null);
  const detail = useDetail(files, run);
  const outputs = useOutputs(artifacts);
  const code = useCode(artifacts);
  const environment = useEnvironment(artifacts);
  const log = useLogPath(artifacts);
  useSentTo(page, place, artifacts.folder('') !== undefined);
  const curves = curveKeys(run, false);
  const machine = curveKeys(run, true);
  const hasMachine = Object.keys(run.metrics).some(isSystemMetric);
  const isOpen = isRunning(run);
  // A run in the bin takes no changes, and some stores take none at all.
  const locked = editor.whyNot(folder);
  const canEdit = run.lifecycle_stage === 'active' && locked === null;
  const sections: [SectionId, string, boolean][] = [
    ['overview', trans.__('Overview'), true],
    ['charts', trans.__('Charts'), curves.length > 0],
    ['log', trans.__('Log'), log !== null],
    ['code', trans.__('Code'), code !== null],
    ['outputs', trans.__('Outputs'), outputs.length > 0],
    ['artifacts', trans.__('Artifacts'), true],
    ['system', trans.__('System metrics'), hasMachine],
    ['environment', trans.__('Environment'), environment !== null]
  ];
  const shown = sections.filter(([, , isThere]) => isThere);
  const title = new Map(sections.map(([id, name]) => [id, name]));
  const named = (id: SectionId) => ({ id, title: title.get(id) ?? id });
  const controls = (
    <ChartControls
      view={preferences.view}
      groupings={NO_GROUPINGS}
      onView={onView}
    />
  );
  return (
    <div ref={page} className="jp-tracker-run-view">
      <div className="jp-tracker-run-page">
        <SectionNav
          label={trans.__('Sections of this run')}
          sections={shown.map(([id, name]) => [id, name] as const)}
          page={page}
        />
        <div className="jp-tracker-run-sections">
          <RunHeading
            run={run}
            locked={locked}
            onRename={name => void editor.rename(folder, run, name)}
            onDelete={() => void editor.remove(folder, [run.run_id])}
            onRestore={() => void editor.restore(folder, [run.run_id])}
            onCancel={
              isOpen && run.tags['mlflow.source.type'] === 'PROJECT'
                ? () => props.onCancel(run.run_id)
                : null
            }
            onMenu={onMenu && (() => onMenu(run.run_id))}
          />
          <div data-section="overview" tabIndex={-1}>
            <Facts
              run={run}
              experiments={model.state.experiments}
              detail={detail}
              onArtifact={path => place.go('artifacts', path)}
              onOpen={props.onOpen}
            />
            {detail && <Family detail={detail} onOpen={props.onOpen} />}
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
                  entries={Object.entries(run.tags).filter(
                    ([key]) => !INTERNAL_TAG.test(key)
                  )}
                  onTag={
                    canEdit
                      ? (key, value) => void editor.tag(folder, run, key, value)
                      : null
                  }
                />
              </Section>
            </div>
            {detail && detail.datasets.length > 0 && (
              <Section title={trans.__('Datasets')}>
                <Datasets datasets={detail.datasets} />
              </Section>
            )}
          </div>
          {curves.length > 0 && (
            <Section {...named('charts')} controls={controls}>
              <RunCharts
                model={model}
                run={run}
                keys={curves}
                view={preferences.view}
                onView={onView}
              />
            </Section>
          )}
          {log !== null && (
            <Section {...named('log')}>
              <Log key={log} files={files} path={log} isGrowing={isOpen} />
            </Section>
          )}
          {code && (
            <Section {...named('code')}>
              <Code code={code} rendermime={rendermime} />
            </Section>
          )}
          {outputs.length > 0 && (
            <Section {...named('outputs')}>
              <Outputs outputs={outputs} rendermime={rendermime} />
            </Section>
          )}
          <Section
            {...named('artifacts')}
            controls={
              (artifacts.folder('')?.files.length ?? 0) > 0 && (
                <Download
                  files={files}
                  path=""
                  isFolder
                  text={trans.__('Download all')}
                />
              )
            }
          >
            <ArtifactsSection
              model={artifacts}
              files={files}
              place={place}
              rendermime={rendermime}
              isGrowing={isOpen}
            />
          </Section>
          {hasMachine && (
            <Section {...named('system')}>
              <MetricsTable run={run} ofMachine />
              <RunCharts
                model={model}
                run={run}
                keys={machine}
                view={preferences.view}
                onView={onView}
              />
            </Section>
          )}
          {environment && (
            <Section {...named('environment')}>
              <Environment environment={environment} />
            </Section>
          )}
        </div>
      </div>
    </div>
  );
}

function isRunning(run: RunRow): boolean {
  return run.status === 'RUNNING' || run.status === 'SCHEDULED';
}
