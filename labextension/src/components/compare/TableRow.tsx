import * as React from 'react';

import type { Direction } from '../../models/metrics';
import type { Cell, Row } from '../../models/table';
import type { RunRow } from '../../wire';
import { Icon } from '../common/icons';
import { useTrans } from '../common/context';
import type { Gaps } from './gaps';
import { withGaps } from './gaps';

/** What a row of the comparison shows: `runs` are those of its cells. */
export interface TableRowProps {
  row: Row;
  runs: readonly RunRow[];
  baseline: string | null;
  canDiffer: boolean;
  gaps: Gaps;
  onTurn: (key: string) => void;
}

/** One thing that runs have in common or differ in; drawn again only where it became another. */
export const TableRow = React.memo(
  function TableRow(props: TableRowProps) {
    const { row, runs } = props;
    return (
      <tr
        data-differs={props.canDiffer ? row.differs : undefined}
        data-kind={row.kind}
      >
        <th scope="row" title={row.key}>
          <div>
            <span>{row.label}</span>
            {row.direction && (
              <DirectionButton
                metric={row.key}
                direction={row.direction}
                onTurn={props.onTurn}
              />
            )}
          </div>
        </th>
        {withGaps(
          row.cells.map((cell, i) => (
            <ValueCell
              key={runs[i].run_id}
              row={row}
              cell={cell}
              runId={runs[i].run_id}
              isBaseline={runs[i].run_id === props.baseline}
            />
          )),
          props.gaps
        )}
      </tr>
    );
  },
  (a, b) =>
    a.onTurn === b.onTurn &&
    a.baseline === b.baseline &&
    isSame(a.gaps, b.gaps) &&
    isSame(idsOf(a.runs), idsOf(b.runs)) &&
    isSame(a.row, b.row)
);

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
}): JSX.Element {
  const { row, cell, runId } = props;
  const trans = useTrans();
  return (
    <td
      data-kind={row.kind}
      data-key={row.key}
      data-run-id={runId}
      data-value={cell.value ?? undefined}
      data-best={cell.isBest || undefined}
      data-baseline={props.isBaseline || undefined}
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
    <button
      type="button"
      className="jp-tracker-icon-button jp-tracker-direction"
      data-direction={direction}
      aria-label={trans.__('%1: %2. Change', metric, says)}
      title={trans.__('%1 (click to change)', says)}
      onClick={() => props.onTurn(metric)}
    >
      <Icon name={ARROWS[direction]} size={12} />
    </button>
  );
}
