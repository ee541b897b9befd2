import * as React from 'react';

import type { CompareModel } from '../../models/compare';
import type { Direction } from '../../models/metrics';
import type { Preferences } from '../../models/preferences';
import type { Cell, Row, Section } from '../../models/table';
import { compareRuns } from '../../models/table';
import type { RunRow } from '../../wire';
import { Icon } from '../common/icons';
import { useColors, useTrans } from '../common/context';
import { ColorDot, StateIcon } from '../common/state';

/** What the table needs and tells. */
export interface ComparisonTableProps {
  model: CompareModel;
  preferences: Preferences;
  onOpen: (runId: string) => void;
}

/**
 * Params, metrics, tags and facts of runs side by side, one column a run.
 *
 * Cells carry `data-kind`, `data-key`, `data-run-id` and, where the run has one, the exact value
 * as `data-value`: what is shown is rounded.
 */
export function ComparisonTable(props: ComparisonTableProps): JSX.Element {
  const { model, preferences } = props;
  const trans = useTrans();
  const { runs, experiments } = model.state;
  const { differencesOnly } = preferences.view;
  const sections = compareRuns(runs, {
    trans,
    experiments,
    directionOf: preferences.directionOf,
    now: Date.now()
  })
    .map(section => filterRows(section, differencesOnly && runs.length > 1))
    .filter(section => section.rows.length > 0);

  return (
    <table className="jp-tracker-table">
      <caption>{trans.__('Params, metrics and facts of the runs')}</caption>
      <thead>
        <tr>
          <td className="jp-tracker-table-corner" />
          {runs.map(run => (
            <RunHeader key={run.run_id} run={run} {...props} />
          ))}
        </tr>
      </thead>
      {sections.map(section => (
        <tbody key={section.kind}>
          <tr className="jp-tracker-table-section">
            <th scope="rowgroup">{section.label}</th>
            <td colSpan={runs.length} />
          </tr>
          {section.rows.map(row => (
            <TableRow
              key={row.key}
              row={row}
              runs={runs}
              onTurn={preferences.turnDirection}
            />
          ))}
        </tbody>
      ))}
      {sections.length === 0 && (
        <tbody>
          <tr>
            <td
              colSpan={runs.length + 1}
              className="jp-tracker-table-nothing"
              role="status"
            >
              {trans.__('These runs do not differ.')}
            </td>
          </tr>
        </tbody>
      )}
    </table>
  );
}

function filterRows(section: Section, differencesOnly: boolean): Section {
  return differencesOnly
    ? { ...section, rows: section.rows.filter(row => row.differs) }
    : section;
}

function RunHeader(props: ComparisonTableProps & { run: RunRow }): JSX.Element {
  const { run, model } = props;
  const trans = useTrans();
  const colors = useColors();
  const color = colors.colorOf(run.run_id);
  return (
    <th
      scope="col"
      data-run-id={run.run_id}
      style={{ boxShadow: `inset 0 2px 0 ${color}` }}
    >
      <div className="jp-tracker-table-run">
        <ColorDot color={color} />
        <button
          type="button"
          className="jp-tracker-run-name"
          title={run.run_name}
          aria-label={trans.__('Open run %1', run.run_name)}
          onClick={() => props.onOpen(run.run_id)}
        >
          {run.run_name}
        </button>
        <StateIcon status={run.status} />
        {model.runIds.length > 1 && (
          <button
            type="button"
            className="jp-tracker-icon-button jp-tracker-table-remove"
            aria-label={trans.__('Remove %1 from the comparison', run.run_name)}
            title={trans.__('Remove from the comparison')}
            onClick={() => model.remove(run.run_id)}
          >
            <Icon name="cross" size={12} />
          </button>
        )}
      </div>
    </th>
  );
}

const TableRow = React.memo(
  function TableRow(props: {
    row: Row;
    runs: readonly RunRow[];
    onTurn: (key: string) => void;
  }) {
    const { row, runs } = props;
    return (
      <tr
        data-differs={runs.length > 1 ? row.differs : undefined}
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
        {row.cells.map((cell, i) => (
          <ValueCell
            key={runs[i].run_id}
            row={row}
            cell={cell}
            runId={runs[i].run_id}
          />
        ))}
      </tr>
    );
  },
  (a, b) =>
    a.onTurn === b.onTurn &&
    a.runs.length === b.runs.length &&
    a.runs.every((run, i) => run.run_id === b.runs[i].run_id) &&
    JSON.stringify(a.row) === JSON.stringify(b.row)
);

function ValueCell(props: {
  row: Row;
  cell: Cell;
  runId: string;
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
      title={cell.title || undefined}
    >
      {cell.text === '' && cell.value === null ? (
        <span className="jp-tracker-absent" aria-label={trans.__('none')}>
          –
        </span>
      ) : (
        <span className="jp-tracker-value">{cell.text}</span>
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
