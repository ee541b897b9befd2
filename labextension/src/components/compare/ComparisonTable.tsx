import * as React from 'react';

import type { CompareModel } from '../../models/compare';
import type { FactsModel } from '../../models/facts';
import type { Preferences } from '../../models/preferences';
import type { Row, Section } from '../../models/table';
import { compareRuns } from '../../models/table';
import { useSignal, useTrans } from '../common/context';
import { gapCount, withGaps } from './gaps';
import { RunHeader } from './RunHeader';
import { TableRow } from './TableRow';
import { useColumns } from './useColumns';

/** What the table needs and tells. */
export interface ComparisonTableProps {
  model: CompareModel;
  preferences: Preferences;
  facts: FactsModel;
  onOpen: (runId: string) => void;
}

/** Return what a comparison tells of its runs, without what they have in common if that is so. */
export function useSections(props: {
  model: CompareModel;
  preferences: Preferences;
  facts: FactsModel;
}): Section[] {
  const { model, preferences, facts } = props;
  useSignal(facts.changed);
  const trans = useTrans();
  const { runs, experiments, baseline } = model.state;
  const isSparse = preferences.view.differencesOnly && runs.length > 1;
  const at = runs.findIndex(run => run.run_id === baseline);
  return compareRuns(runs, {
    trans,
    experiments,
    directionOf: preferences.directionOf,
    baseline: at < 0 ? null : at,
    now: Date.now(),
    facts: facts.facts
  })
    .map(section => ({
      ...section,
      rows: section.rows.filter(row => row.differs || !isSparse)
    }))
    .filter(section => section.rows.length > 0);
}

/**
 * Params, metrics, tags and facts of runs side by side, one column a run, each way scrolling.
 *
 * Cells carry `data-kind`, `data-key`, `data-run-id` and, where the run has one, the exact value
 * as `data-value`: what is shown is rounded. Of many runs only the columns on the screen are in the
 * page.
 */
export function ComparisonTable(props: ComparisonTableProps): JSX.Element {
  const { model, preferences } = props;
  const trans = useTrans();
  const scroller = React.useRef<HTMLDivElement>(null);
  const { runs, baseline } = model.state;
  const sections = useSections(props);
  const isPinned = baseline !== null && runs[0]?.run_id === baseline;
  React.useEffect(() => void props.facts.want(runs), [props.facts, runs]);
  const columns = useColumns(runs.length, scroller, isPinned);
  const shown = columns.shown.filter(i => i < runs.length);
  const pick = <T,>(all: readonly T[]): T[] => shown.map(i => all[i]);
  const canChoose = runs.length > 1;
  const gaps = {
    before: columns.before,
    after: columns.after,
    gapAt: isPinned && shown[0] === 0 ? 1 : 0
  };
  return (
    <div className="jp-tracker-scroll" tabIndex={0} ref={scroller}>
      <table
        className="jp-tracker-table"
        data-virtual={columns.isVirtual}
        data-pinned={isPinned}
        aria-colcount={runs.length + 1}
      >
        <caption>{trans.__('Params, metrics and facts of the runs')}</caption>
        <thead>
          <tr>
            <td className="jp-tracker-table-corner" />
            {withGaps(
              pick(runs).map(run => (
                <RunHeader
                  key={run.run_id}
                  run={run}
                  isBaseline={run.run_id === baseline}
                  onOpen={props.onOpen}
                  onRemove={canChoose ? id => model.remove(id) : null}
                  onBaseline={canChoose ? id => model.setBaseline(id) : null}
                />
              )),
              gaps
            )}
          </tr>
        </thead>
        {sections.map(section => (
          <tbody key={section.label}>
            <tr className="jp-tracker-table-section">
              <th scope="rowgroup">{section.label}</th>
              <td colSpan={shown.length + gapCount(gaps)} />
            </tr>
            {section.rows.map(row => (
              <TableRow
                key={row.key}
                row={cut(row, pick)}
                runs={pick(runs)}
                baseline={baseline}
                canDiffer={canChoose}
                gaps={gaps}
                onTurn={preferences.turnDirection}
              />
            ))}
          </tbody>
        ))}
        {sections.length === 0 && (
          <tbody>
            <tr>
              <td
                colSpan={shown.length + 1 + gapCount(gaps)}
                className="jp-tracker-table-nothing"
                role="status"
              >
                {trans.__('These runs do not differ.')}
              </td>
            </tr>
          </tbody>
        )}
      </table>
    </div>
  );
}

function cut(row: Row, pick: <T>(all: readonly T[]) => T[]): Row {
  return { ...row, cells: pick(row.cells) };
}
