import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Pair } from '../../models/pair/arrangement';
import type { CompareModel } from '../../models/compare/compare';
import { cellGroups, countCells } from '../../models/pair/lineDiff';
import type { CompareAnswer, FindingRow } from '../../wire';
import { useSize } from '../charts/useSize';
import { useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { EmptyState, ErrorBar, Loading } from '../common/message';
import { CodeGroup } from './CodeCell';
import { PairSelect } from './PairSelect';
import { usePair } from './usePair';

const LOAD = '%load_ext tracker';

/** Less room than this and two texts are not read side by side. */
const NARROWEST_SPLIT = 720;

/** The code of two runs, cell by cell. */
export function CodePane(props: {
  model: CompareModel;
  pair: Pair;
}): JSX.Element {
  const { model, pair } = props;
  const trans = useTrans();
  const { answer, error, retry } = usePair(model, pair, 'code');
  const host = React.useRef<HTMLDivElement>(null);
  const isSplit = useSize(host).width >= NARROWEST_SPLIT;
  return (
    <div className="jp-tracker-pair" ref={host}>
      <div
        className="jp-tracker-controls"
        role="toolbar"
        aria-label={trans.__('Runs side by side')}
      >
        <PairSelect model={model} pair={pair} />
        <span role="status">{answer ? summaryOf(answer, trans) : ''}</span>
      </div>
      {error && (
        <ErrorBar
          message={error.message}
          action={trans.__('Try again')}
          onAction={retry}
        />
      )}
      {answer && <Cells answer={answer} isSplit={isSplit} />}
      {!answer && !error && <Loading />}
    </div>
  );
}

function Cells(props: { answer: CompareAnswer; isSplit: boolean }) {
  const { answer, isSplit } = props;
  const trans = useTrans();
  const [code] = answer.code;
  const groups = React.useMemo(() => cellGroups(code.cells), [code]);
  if (!code.is_known) {
    return (
      <EmptyState title={trans.__('One of the two runs kept no code')}>
        <p>
          {trans.__(
            'Runs keep their code where they are made in a notebook with the tracker extension loaded:'
          )}
        </p>
        <pre>{LOAD}</pre>
      </EmptyState>
    );
  }
  return (
    <>
      <Findings answer={answer} />
      <ol
        className="jp-tracker-cells"
        aria-label={trans.__('Cells that the runs depend on')}
      >
        {groups.map((group, i) => (
          <CodeGroup key={i} group={group} isSplit={isSplit} />
        ))}
      </ol>
    </>
  );
}

/** What would keep each of the notebooks from giving its run again. */
function Findings({ answer }: { answer: CompareAnswer }): JSX.Element | null {
  const trans = useTrans();
  if (answer.findings.every(findings => findings.length === 0)) {
    return null;
  }
  return (
    <div className="jp-tracker-pair-findings">
      {answer.findings.map((findings, i) => (
        <ul
          key={i}
          className="jp-tracker-findings"
          aria-label={trans.__(
            'What would keep %1 from being repeated',
            answer.run_names[i]
          )}
        >
          {unique(findings).map(text => (
            <li key={text}>
              <Icon name="warning" size={14} />
              <span>
                <b>{answer.run_names[i]}</b> {text}
              </span>
            </li>
          ))}
        </ul>
      ))}
    </div>
  );
}

function unique(findings: readonly FindingRow[]): string[] {
  return [...new Set(findings.map(({ text }) => text))];
}

function summaryOf(answer: CompareAnswer, trans: TranslationBundle): string {
  const [code] = answer.code;
  if (!code.is_known) {
    return '';
  }
  if (code.is_equal) {
    return trans.__('Both ran the same code.');
  }
  const counts = countCells(code.cells);
  const told: [number, string][] = [
    [counts.changed, trans.__('%1 changed', counts.changed)],
    [counts.added, trans.__('%1 only on the right', counts.added)],
    [counts.removed, trans.__('%1 only on the left', counts.removed)],
    [counts.moved, trans.__('%1 moved', counts.moved)],
    [counts.equal, trans.__('%1 equal', counts.equal)]
  ];
  return told
    .filter(([count]) => count > 0)
    .map(([, text]) => text)
    .join(' · ');
}
