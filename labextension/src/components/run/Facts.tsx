import * as React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import { formatTime } from '../../format';
import type { RunDetail, RunRow } from '../../wire';
import { Age, Duration } from '../common/clock';
import { useTrans } from '../common/context';

type Choose = (path: string) => void;

const PATCH = 'code/changes.patch';

/** Who, when, where: one line each, left out where unknown. */
export function Facts(props: {
  run: RunRow;
  experiments: ReadonlyMap<string, string>;
  detail: RunDetail | null;
  onArtifact: Choose;
  onOpen: (runId: string) => void;
}): JSX.Element {
  const { run, experiments, detail, onArtifact } = props;
  const { tags } = run;
  const trans = useTrans();
  const isOpen = run.status === 'RUNNING' || run.status === 'SCHEDULED';
  const reproduced = tags['tracker.reproduction.of'];
  const facts: [string, React.ReactNode][] = [
    [trans.__('Experiment'), experiments.get(run.experiment_id)],
    [
      trans.__('Started'),
      <>
        {formatTime(run.start_time)} · <Age time={run.start_time} />
      </>
    ],
    [
      trans.__('Duration'),
      <Duration
        start={run.start_time}
        end={isOpen ? null : (run.end_time ?? run.start_time)}
      />
    ],
    [trans.__('User'), run.user_id],
    [trans.__('Source'), sourceOf(run, onArtifact, trans)],
    [trans.__('Entry point'), tags['mlflow.project.entryPoint']],
    [
      trans.__('Command'),
      tags['tracker.project.command'] && (
        <code>{tags['tracker.project.command']}</code>
      )
    ],
    [
      trans.__('Runs on'),
      [tags['mlflow.project.backend'], tags['mlflow.project.env']]
        .filter(Boolean)
        .join(' · ')
    ],
    [trans.__('Git'), gitOf(run, onArtifact, trans)],
    [
      trans.__('Reproduces'),
      reproduced && (
        <button
          type="button"
          className="jp-tracker-link"
          onClick={() => props.onOpen(reproduced)}
        >
          {reproduced.slice(0, 12)}
        </button>
      )
    ],
    [trans.__('Models'), modelsOf(run, onArtifact)],
    [trans.__('Artifacts at'), detail && <code>{detail.artifact_uri}</code>],
    [trans.__('Run ID'), <code>{run.run_id}</code>],
    [trans.__('Ended by'), tags['tracker.error']]
  ];
  return (
    <dl className="jp-tracker-facts">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** The notebook and its cell, or the program. */
function sourceOf(
  run: RunRow,
  choose: Choose,
  trans: TranslationBundle
): React.ReactNode {
  const { tags } = run;
  const cell = tags['tracker.cell.execution_count'];
  const name = tags['mlflow.source.name'];
  if (!name && !cell) {
    return null;
  }
  return (
    <>
      {name}
      {cell && (
        <>
          {' '}
          <button
            type="button"
            className="jp-tracker-link"
            title={trans.__('The cell as it was executed')}
            onClick={() => choose('cell/source.py')}
          >
            {`In [${cell}]`}
          </button>
        </>
      )}
    </>
  );
}

/** Repository, branch and commit, and whether what ran was not the commit. */
function gitOf(
  run: RunRow,
  choose: Choose,
  trans: TranslationBundle
): React.ReactNode {
  const { tags } = run;
  const commit = tags['mlflow.source.git.commit'];
  const branch = tags['mlflow.source.git.branch'];
  const repository = tags['mlflow.source.git.repoURL'];
  if (!commit && !branch) {
    return null;
  }
  return (
    <>
      {[repository, branch].filter(Boolean).join(' · ')}{' '}
      {commit && <code title={commit}>{commit.slice(0, 12)}</code>}{' '}
      {tags['tracker.git.dirty'] === 'true' && (
        <button
          type="button"
          className="jp-tracker-link"
          title={trans.__('What differed from the commit')}
          onClick={() => choose(PATCH)}
        >
          {trans.__('with changes')}
        </button>
      )}
    </>
  );
}

/** The models that were logged to the run. */
function modelsOf(run: RunRow, choose: Choose): React.ReactNode {
  const paths = modelPaths(run.tags['mlflow.log-model.history']);
  return paths.length === 0
    ? null
    : paths.map(path => (
        <button
          key={path}
          type="button"
          className="jp-tracker-link"
          onClick={() => choose(`${path}/MLmodel`)}
        >
          {path}
        </button>
      ));
}

/** Return where models lie, as MLflow's clients note it; what does not look like it is left out. */
export function modelPaths(history: string | undefined): string[] {
  let told: unknown;
  try {
    told = JSON.parse(history ?? '[]');
  } catch {
    return [];
  }
  const paths = (Array.isArray(told) ? told : []).map(
    (one: { artifact_path?: unknown } | null) => one?.artifact_path
  );
  return [...new Set(paths)].filter(path => typeof path === 'string');
}
