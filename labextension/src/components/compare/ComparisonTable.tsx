import * as React from 'react';

import { Arranger } from '../../models/views/arranger';
import type { CompareModel } from '../../models/compare/compare';
import type { Row } from '../../models/compare/table';
import { useTrans } from '../common/context';
import type { Gaps } from './gaps';
import { ColumnWidths, gapCount, withGaps } from './gaps';
import { ResizeHandle } from './ResizeHandle';
import { RunHeader } from './RunHeader';
import { TableRow } from './TableRow';
import { sum, useColumns } from './useColumns';
import type { TableSources } from './useSections';
import { useSections } from './useSections';
import type { Widths } from './useWidths';
import { useWidths } from './useWidths';

/** What the table needs and tells. */
export interface ComparisonTableProps extends TableSources {
  onOpen: (runId: string) => void;
}

/** What is done with a column while its edge is pulled. */
type Pull = (
  runId: string | null,
  width: number | null,
  isLast: boolean
) => void;

/**
 * Params, metrics, tags and facts of runs side by side, one column a run, each way scrolling.
 *
 * Cells carry `data-kind`, `data-key`, `data-run-id` and, where the run has one, the exact value
 * as `data-value`: what is shown is rounded. Of many runs only the columns on the screen are in the
 * page.
 */
export function ComparisonTable(props: ComparisonTableProps): JSX.Element {
  const { model, preferences, facts } = props;
  const trans = useTrans();
  const scroller = React.useRef<HTMLDivElement>(null);
  const { runs, baseline } = model.state;
  const arranger = useArranger(props);
  const sections = useSections(props);
  arranger.sections = sections;
  const [pulled, pull] = usePull(arranger);
  const layout = { ...preferences.view.table, ...pulled };
  const widths = useWidths(model.state, layout, scroller);
  React.useEffect(() => void facts.want(runs), [facts, runs]);
  const columns = useColumns(widths.runs, scroller, widths.pinned);
  const pick = <T,>(all: readonly T[]): T[] => columns.shown.map(i => all[i]);
  const canChoose = runs.length > 1;
  const gaps = {
    before: columns.before,
    after: columns.after,
    gapAt: columns.shown.filter(i => i < widths.pinned).length
  };
  const shown = pick(runs);
  const lefts = pick(runs.map((_, i) => widths.lefts[i] ?? null));
  const span = columns.shown.length + gapCount(gaps);
  return (
    <div className="jp-tracker-scroll" tabIndex={0} ref={scroller}>
      <table
        className="jp-tracker-table"
        data-virtual={columns.isVirtual}
        aria-colcount={runs.length + 1}
        style={{ minWidth: widths.name + sum(widths.runs) }}
      >
        <caption>{trans.__('Params, metrics and facts of the runs')}</caption>
        <ColumnWidths name={widths.name} runs={pick(widths.runs)} gaps={gaps} />
        <thead>
          <Heads
            {...props}
            shown={columns.shown}
            gaps={gaps}
            widths={widths}
            arranger={arranger}
            onPull={pull}
          />
        </thead>
        {sections.map(section => (
          <tbody key={section.label} data-kind={section.kind}>
            <tr className="jp-tracker-table-section">
              <th scope="rowgroup">{section.label}</th>
              <td colSpan={span} />
            </tr>
            {section.rows.map(row => (
              <TableRow
                key={row.kind + row.key}
                row={cut(row, pick)}
                runs={shown}
                baseline={baseline}
                lefts={lefts}
                canDiffer={canChoose}
                isPinned={section.kind === 'pinned'}
                gaps={gaps}
                arranger={arranger}
                onTurn={preferences.turnDirection}
              />
            ))}
          </tbody>
        ))}
        {sections.length === 0 && (
          <tbody>
            <tr>
              <td
                colSpan={span + 1}
                className="jp-tracker-table-nothing"
                role="status"
              >
                {layout.hidden.length === 0
                  ? trans.__('These runs do not differ.')
                  : trans.__('These runs do not differ in the rows shown.')}
              </td>
            </tr>
          </tbody>
        )}
      </table>
    </div>
  );
}

/** The corner, and a head for each run. */
function Heads(
  props: ComparisonTableProps & {
    shown: readonly number[];
    gaps: Gaps;
    widths: Widths;
    arranger: Arranger;
    onPull: Pull;
  }
): JSX.Element {
  const { model, shown, gaps, widths, arranger, onPull } = props;
  const { runs, baseline, pinned } = model.state;
  const trans = useTrans();
  const canChoose = runs.length > 1;
  return (
    <tr>
      <td className="jp-tracker-table-corner">
        <ResizeHandle
          name={trans.__('the names')}
          width={widths.name}
          onWidth={(width, isLast) => onPull(null, width, isLast)}
        />
      </td>
      {withGaps(
        shown.map(i => {
          const run = runs[i];
          const id = run.run_id;
          return (
            <RunHeader
              key={id}
              run={run}
              isBaseline={id === baseline}
              isPinned={pinned.has(id)}
              left={widths.lefts[i] ?? null}
              width={widths.runs[i]}
              onOpen={props.onOpen}
              onPull={onPull}
              actions={canChoose ? actionsOf(model, arranger) : null}
            />
          );
        }),
        gaps
      )}
    </tr>
  );
}

function actionsOf(model: CompareModel, arranger: Arranger) {
  return {
    onRemove: (id: string) => model.remove(id),
    onBaseline: (id: string | null) => model.setBaseline(id),
    onPin: (id: string, isPinned: boolean) => model.setPinned(id, isPinned),
    onMoveBy: (id: string, by: number) => arranger.moveRunBy(id, by),
    onMoveTo: (id: string, target: string) => arranger.moveRunTo(id, target)
  };
}

function useArranger({ model, preferences }: TableSources): Arranger {
  return React.useMemo(
    () => new Arranger(model, preferences),
    [model, preferences]
  );
}

/** The widths of a column that is being pulled: kept when it is let go, the charts stay as they are. */
function usePull(arranger: Arranger) {
  const [pulled, setPulled] = React.useState({});
  const pull = React.useCallback<Pull>(
    (runId, width, isLast) => {
      if (isLast) {
        setPulled({});
        arranger.setWidth(runId, width);
      } else if (runId === null) {
        setPulled({ nameWidth: width ?? 0 });
      } else {
        const { widths } = arranger.layout;
        setPulled({ widths: { ...widths, [runId]: width ?? 0 } });
      }
    },
    [arranger]
  );
  return [pulled, pull] as const;
}

function cut(row: Row, pick: <T>(all: readonly T[]) => T[]): Row {
  return { ...row, cells: pick(row.cells) };
}
