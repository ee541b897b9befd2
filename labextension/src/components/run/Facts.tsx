import * as React from 'react';

import { formatTime } from '../../format';
import type { RunRow } from '../../wire';
import { Age, Duration } from '../common/clock';
import { useTrans } from '../common/context';

/** Who, when, where: one line each, left out where unknown. */
export function Facts(props: {
  run: RunRow;
  experiments: ReadonlyMap<string, string>;
}): JSX.Element {
  const { run, experiments } = props;
  const trans = useTrans();
  const isOpen = run.status === 'RUNNING' || run.status === 'SCHEDULED';
  const commit = run.tags['mlflow.source.git.commit'];
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
    [trans.__('Source'), run.tags['mlflow.source.name']],
    [trans.__('Git branch'), run.tags['mlflow.source.git.branch']],
    [trans.__('Git commit'), commit && <code>{commit.slice(0, 12)}</code>],
    [trans.__('Run ID'), <code>{run.run_id}</code>]
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
