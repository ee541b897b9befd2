import * as React from 'react';

import type { Arranger } from '../../models/views/arranger';
import type { Direction } from '../../models/runs/metrics';
import type { Cell, Row } from '../../models/compare/table';
import { rowId } from '../../models/compare/tableLayout';
import type { RunRow } from '../../wire';
import { IconButton } from '../common/IconButton';
import { useTrans } from '../common/context';
import type { Gaps } from './gaps';
import { withGaps } from './gaps';
import { useDragged } from '../common/useDragged';

/** What a row of the comparison shows: `runs` are those of its cells. */
export interface TableRowProps {
  row: Row;
  runs: readonly RunRow[];
  baseline: string | null;
  /** Where the columns stay, in pixels; null for those that pass by. */
  lefts: readonly (number | null)[];
  canDiffer: boolean;
  isPinned: boolean;
  gaps: Gaps;
  arranger: Arranger;
  onTurn: (key: string) => void;
}

/** One thing that runs have in common or differ in; drawn again only where it became another. */
export const TableRow = React.memo(
  function TableRow(props: TableRowProps) {
    const { row, runs, lefts } = props;
    return (
      <tr
        data-differs={props.canDiffer ? row.differs : undefined}
        data-kind={row.kind}
      >
        <RowName {...props} />
        {withGaps(
          row.cells.map((cell, i) => (
            <ValueCell
              key={runs[i].run_id}
              row={row}
              cell={cell}
              runId={runs[i].run_id}
              isBaseline={runs[i].run_id === props.baseline}
              left={lefts[i]}
            />
          )),
          props.gaps
        )}
      </tr>
    );
  },
  (a, b) =>
    a.onTurn === b.onTurn &&
    a.arranger === b.arranger &&
    a.baseline === b.baseline &&
    a.isPinned === b.isPinned &&
    a.canDiffer === b.canDiffer &&
    isSame(a.gaps, b.gaps) &&
    isSame(a.lefts, b.lefts) &&
    isSame(idsOf(a.runs), idsOf(b.runs)) &&
    isSame(a.row, b.row)
);

/** The name of a row and what can be done with it: it is dragged, or moved by Alt and the arrows. */
function RowName(props: TableRowProps): JSX.Element {
  const { row, arranger, isPinned } = props;
  const trans = useTrans();
  const id = rowId(row);
  const drag = useDragged('row', id, other => arranger.moveRowTo(other, id));
  return (
    <th
      scope="row"
      title={row.key}
      {...drag}
      onKeyDown={event => {
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (event.altKey && by !== undefined) {
          event.preventDefault();
          arranger.moveRowBy(id, by);
        }
      }}
    >
      <div>
        <span>{row.label}</span>
        <div className="jp-tracker-row-actions">
          <div className="jp-tracker-head-actions">
            <IconButton
              className="jp-tracker-table-action"
              icon="pin"
              size={12}
              aria-pressed={isPinned}
              label={trans.__('Pin row %1', row.label)}
              title={trans.__(
                'Keep at the top (Alt and arrows, or drag: move)'
              )}
              onClick={() => arranger.pin(id)}
            />
            <IconButton
              className="jp-tracker-table-action"
              icon="cross"
              size={12}
              label={trans.__('Hide row %1', row.label)}
              title={trans.__('Hide; "Rows" brings it back')}
              onClick={() => arranger.setHidden([id], true)}
            />
          </div>
          {row.direction && (
            <DirectionButton
              metric={row.key}
              direction={row.direction}
              onTurn={props.onTurn}
            />
          )}
        </div>
      </div>
    </th>
  );
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function idsOf(runs: readonly RunRow[]): string[] {
  return runs.map(run => run.run_id);
}

function ValueCell(props: {
  row: Row;
  cell: Cell;
  runId: string;
  isBaseline: boolean;
  left: number | null;
}): JSX.Element {
  const { row, cell, runId, left } = props;
  const trans = useTrans();
  return (
    <td
      data-kind={row.kind}
      data-key={row.key}
      data-run-id={runId}
      data-value={cell.value ?? undefined}
      data-best={cell.isBest || undefined}
      data-baseline={props.isBaseline || undefined}
      data-stuck={left !== null || undefined}
      style={left === null ? undefined : { left }}
      title={cell.title || undefined}
    >
      {cell.text === '' && cell.value === null ? (
        <span className="jp-tracker-absent" aria-label={trans.__('none')}>
          –
        </span>
      ) : (
        <span className="jp-tracker-value">{cell.text}</span>
      )}
      {cell.delta && (
        <span className="jp-tracker-delta" data-tone={cell.delta.tone}>
          {cell.delta.text}
        </span>
      )}
      {cell.isBest && (
        <span className="jp-tracker-best">{trans.__('best')}</span>
      )}
    </td>
  );
}

const ARROWS = { lower: 'down', higher: 'up', none: 'updown' } as const;

function DirectionButton(props: {
  metric: string;
  direction: Direction;
  onTurn: (key: string) => void;
}): JSX.Element {
  const { metric, direction } = props;
  const trans = useTrans();
  const says = {
    lower: trans.__('lower is better'),
    higher: trans.__('higher is better'),
    none: trans.__('no value is better')
  }[direction];
  return (
    <IconButton
      className="jp-tracker-direction"
      icon={ARROWS[direction]}
      size={12}
      data-direction={direction}
      label={trans.__('%1: %2. Change', metric, says)}
      title={trans.__('%1 (click to change)', says)}
      onClick={() => props.onTurn(metric)}
    />
  );
}
