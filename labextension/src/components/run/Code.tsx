import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { ArtifactsModel } from '../../models/files/artifacts';
import type { CodeCell, RunCode } from '../../models/pair/code';
import { readCode } from '../../models/pair/code';
import { useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { LARGEST_PREVIEW } from '../../models/files/previews';
import { Rendered } from '../common/Rendered';
import { useTextFile } from './useTextFile';

/** Return what ran, where capture kept it. */
export function useCode(model: ArtifactsModel): RunCode | null {
  const session = useTextFile(model, 'code/session.json', LARGEST_PREVIEW);
  const lineage = useTextFile(model, 'code/lineage.json', LARGEST_PREVIEW);
  return React.useMemo(
    () => (session && lineage ? readCode(session, lineage) : null),
    [session, lineage]
  );
}

/** The cells that the run depends on, as they were executed, and what to know about them. */
export function Code(props: {
  code: RunCode;
  rendermime: IRenderMimeRegistry;
}): JSX.Element {
  const { cells, findings, others } = props.code;
  const trans = useTrans();
  return (
    <div className="jp-tracker-code">
      {findings.length > 0 && (
        <ul
          className="jp-tracker-findings"
          aria-label={trans.__('What would keep this run from being repeated')}
        >
          {findings.map(text => (
            <li key={text}>
              <Icon name="warning" size={14} />
              <span>{text}</span>
            </li>
          ))}
        </ul>
      )}
      <ol aria-label={trans.__('Cells in the order executed')}>
        {cells.map(cell => (
          <li key={cell.order} data-run={cell.isRun || undefined}>
            <span className="jp-tracker-code-name">
              {cell.name}
              {cell.isRun && <small>{trans.__('this run')}</small>}
            </span>
            <CellSource cell={cell} rendermime={props.rendermime} />
          </li>
        ))}
      </ol>
      {others > 0 && (
        <p className="jp-tracker-nothing">
          {trans._n(
            '%1 other cell of the session has no part in this run.',
            '%1 other cells of the session have no part in this run.',
            others
          )}
        </p>
      )}
    </div>
  );
}

/** JupyterLab colours code in Markdown; the fence is longer than any in the code. */
function CellSource(props: {
  cell: CodeCell;
  rendermime: IRenderMimeRegistry;
}): JSX.Element {
  const { source } = props.cell;
  const bundle = React.useMemo(() => {
    const runs = (source.match(/`+/g) ?? []).map(run => run.length);
    const fence = '`'.repeat(Math.max(2, ...runs) + 1);
    return { 'text/markdown': `${fence}python\n${source}\n${fence}` };
  }, [source]);
  return <Rendered rendermime={props.rendermime} bundle={bundle} />;
}
