import * as React from 'react';

import type { CellGroup } from '../../models/pair/lineDiff';
import { linesOf } from '../../models/pair/lineDiff';
import type { ComparedCellRow, ExecutedRow } from '../../wire';
import { useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { LineDiff } from './LineDiff';

/** Equal cells folded into one line, or a cell in which the runs differ. */
export function CodeGroup(props: {
  group: CellGroup;
  isSplit: boolean;
}): JSX.Element {
  const { group, isSplit } = props;
  const trans = useTrans();
  const [isOpen, setOpen] = React.useState(false);
  if (group.kind === 'other') {
    return <CodeCell cell={group.cell} isSplit={isSplit} />;
  }
  return (
    <li className="jp-tracker-cells-equal">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="chevron" size={12} />
        {trans._n('%1 equal cell', '%1 equal cells', group.cells.length)}
      </button>
      {isOpen && (
        <ol>
          {group.cells.map((cell, i) => (
            <CodeCell key={i} cell={cell} isSplit={isSplit} />
          ))}
        </ol>
      )}
    </li>
  );
}

function CodeCell(props: {
  cell: ComparedCellRow;
  isSplit: boolean;
}): JSX.Element {
  const { cell } = props;
  const trans = useTrans();
  const lines = React.useMemo(() => linesOf(cell), [cell]);
  const words = {
    changed: trans.__('changed'),
    added: trans.__('only on the right'),
    removed: trans.__('only on the left'),
    equal: trans.__('equal')
  };
  const name = nameOf(cell);
  return (
    <li className="jp-tracker-cell" data-kind={cell.kind}>
      <header>
        <span className="jp-tracker-cell-name">{name}</span>
        <span className="jp-tracker-cell-kind">{words[cell.kind]}</span>
        {cell.is_moved && (
          <span className="jp-tracker-cell-kind" data-moved>
            {trans.__('moved')}
          </span>
        )}
      </header>
      <LineDiff
        label={trans.__('Cell %1', name)}
        lines={lines}
        isSplit={props.isSplit}
      />
    </li>
  );
}

/** How people call the cell: its prompt on the left and on the right. */
function nameOf({ left, right }: ComparedCellRow): string {
  const names = [left, right].flatMap(cell => (cell ? [promptOf(cell)] : []));
  return [...new Set(names)].join(' → ');
}

function promptOf(cell: ExecutedRow): string {
  return `[${cell.execution_count ?? cell.order + 1}]`;
}
