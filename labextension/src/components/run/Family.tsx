import * as React from 'react';

import type { RunFiles } from '../../models/files/runFiles';
import type { DatasetRow, RelatedRunRow, RunDetail, RunRow } from '../../wire';
import { Duration } from '../common/clock';
import { useTrans } from '../common/context';
import { StateIcon } from '../common/state';

/** Return a run's family and data, read again when the run enters another state. */
export function useDetail(
  files: RunFiles,
  run: RunRow | undefined
): RunDetail | null {
  const [detail, setDetail] = React.useState<RunDetail | null>(null);
  const status = run?.status;
  const runs = run !== undefined;
  React.useEffect(() => {
    if (!runs) {
      return;
    }
    const abort = new AbortController();
    files.detail(abort.signal).then(
      found => abort.signal.aborted || setDetail(found),
      () => undefined // The page has all else; what is missing is left out.
    );
    return () => abort.abort();
  }, [files, runs, status]);
  return detail;
}

/** The run that this one is a part of, and those that are parts of it. */
export function Family(props: {
  detail: RunDetail;
  onOpen: (runId: string) => void;
}): JSX.Element | null {
  const { parent, children, children_total } = props.detail;
  const trans = useTrans();
  if (!parent && children.length === 0) {
    return null;
  }
  const more = children_total - children.length;
  return (
    <div className="jp-tracker-family">
      {parent && (
        <p>
          {trans.__('Part of')} <RunLink run={parent} onOpen={props.onOpen} />
        </p>
      )}
      {children.length > 0 && (
        <details open={children.length <= 12}>
          <summary>
            {trans._n('%1 child run', '%1 child runs', children_total)}
          </summary>
          <ul>
            {children.map(child => (
              <li key={child.run_id}>
                <RunLink run={child} onOpen={props.onOpen} />
              </li>
            ))}
            {more > 0 && (
              <li className="jp-tracker-nothing">
                {trans.__('and %1 more in the list of runs', more)}
              </li>
            )}
          </ul>
        </details>
      )}
    </div>
  );
}

function RunLink(props: {
  run: RelatedRunRow;
  onOpen: (runId: string) => void;
}): JSX.Element {
  const { run } = props;
  return (
    <span className="jp-tracker-run-link">
      <StateIcon status={run.status} />
      <button
        type="button"
        className="jp-tracker-link"
        onClick={() => props.onOpen(run.run_id)}
      >
        {run.run_name}
      </button>
      {run.end_time !== null && (
        <small>
          <Duration start={run.start_time} end={run.end_time} />
        </small>
      )}
    </span>
  );
}

/** The data that a run read. */
export function Datasets(props: {
  datasets: readonly DatasetRow[];
}): JSX.Element {
  const trans = useTrans();
  return (
    <div className="jp-tracker-wide" tabIndex={0}>
      <table className="jp-tracker-pairs">
        <thead>
          <tr>
            <th scope="col">{trans.__('Data')}</th>
            <th scope="col">{trans.__('Used for')}</th>
            <th scope="col">{trans.__('Size')}</th>
            <th scope="col">{trans.__('Source')}</th>
            <th scope="col">{trans.__('Digest')}</th>
          </tr>
        </thead>
        <tbody>
          {props.datasets.map((data, i) => (
            <tr key={i}>
              <th scope="row">
                {data.tags['tracker.data.variable'] ?? data.name}
              </th>
              <td>{data.context}</td>
              <td title={data.schema ?? undefined}>{sizeOf(data.profile)}</td>
              <td title={data.source}>{sourceOf(data)}</td>
              <td>
                <code>{data.digest}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Return the number of rows, or the shape, that a profile tells. */
function sizeOf(profile: string | null): string {
  const told = parsed(profile);
  const rows = told.num_rows ?? told.rows;
  if (typeof rows === 'number') {
    return rows.toLocaleString();
  }
  const shape = told.shape ?? told.features_shape;
  return Array.isArray(shape) ? shape.join(' × ') : '';
}

/** Return where data came from in a few words. */
function sourceOf(data: DatasetRow): string {
  const told = parsed(data.source);
  const place = told.uri ?? told.url ?? told.path ?? told.name;
  return typeof place === 'string' ? place : data.source_type;
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    return Object(JSON.parse(text ?? 'null')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
