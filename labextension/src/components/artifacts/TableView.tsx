import * as React from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';

import type { TableSource } from '../../models/files/tableBlocks';
import { COLUMNS, TableBlocks } from '../../models/files/tableBlocks';
import { useSignal, useTrans } from '../common/context';
import { Message } from './Message';

const ROW_HEIGHT = 26;
/** Browsers cannot scroll further than some millions of pixels. */
const MOST_ROWS = 400_000;
const NEAR_END = 300;
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?%?$/;

/** A table of any size, of which the page holds the rows on the screen. */
export function TableView(props: {
  source: TableSource;
  label: string;
}): JSX.Element {
  const { source, label } = props;
  const blocks = React.useMemo(() => new TableBlocks(source), [source]);
  React.useEffect(() => {
    blocks.want(0, 0);
    return () => blocks.dispose();
  }, [blocks]);
  useSignal(blocks.changed);
  return blocks.facts ? (
    <Grid blocks={blocks} label={label} />
  ) : (
    <Message error={blocks.error?.message ?? null} />
  );
}

function Grid(props: { blocks: TableBlocks; label: string }): JSX.Element {
  const { blocks, label } = props;
  const trans = useTrans();
  const scroller = React.useRef<HTMLDivElement>(null);
  const [base, setBase] = React.useState(0);
  const facts = blocks.facts ?? {
    columns: [],
    totalColumns: 0,
    totalRows: 0,
    isComplete: true,
    note: null
  };
  const count = Math.min(MOST_ROWS, facts.totalRows - base);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10
  });
  const items = virtualizer.getVirtualItems();
  const first = base + (items[0]?.index ?? 0);
  const last = base + (items[items.length - 1]?.index ?? 0);
  React.useEffect(() => {
    blocks.want(first, last);
    if (last >= facts.totalRows - NEAR_END) {
      blocks.wantMore();
    }
  }, [blocks, first, last, facts.totalRows]);
  const widths = useWidths(blocks);
  const columns = `${String(facts.totalRows).length + 3}ch ${widths.join(' ')}`;
  const go = (row: number) => {
    const index = Math.min(Math.max(0, row - 1), facts.totalRows - 1);
    const start = Math.floor(index / MOST_ROWS) * MOST_ROWS;
    setBase(start);
    virtualizer.scrollToIndex(index - start, { align: 'start' });
  };
  return (
    <div className="jp-tracker-grid">
      <TableBar blocks={blocks} total={facts.totalRows} onGo={go} />
      {facts.note && (
        <p className="jp-tracker-nothing" role="status">
          {facts.note}
        </p>
      )}
      <div
        ref={scroller}
        className="jp-tracker-grid-scroller"
        role="table"
        aria-label={label}
        aria-rowcount={facts.isComplete ? facts.totalRows + 1 : -1}
        aria-colcount={facts.totalColumns}
        tabIndex={0}
      >
        <div
          role="row"
          className="jp-tracker-grid-row jp-mod-header"
          style={{ gridTemplateColumns: columns }}
        >
          <span role="columnheader" aria-label={trans.__('Row')} />
          {facts.columns.map((column, i) => (
            <span
              role="columnheader"
              key={i}
              title={[column.name, column.type].filter(Boolean).join(': ')}
            >
              {column.name}
              {column.type && <small>{column.type}</small>}
            </span>
          ))}
        </div>
        <div
          role="rowgroup"
          className="jp-tracker-grid-body"
          style={{ height: virtualizer.getTotalSize() }}
        >
          {items.map(({ index, start }) => (
            <Row
              key={base + index}
              number={base + index}
              top={start}
              template={columns}
              cells={blocks.row(base + index)}
              width={facts.columns.length}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

const Row = React.memo(function Row(props: {
  number: number;
  top: number;
  template: string;
  width: number;
  cells: readonly (string | null)[] | undefined;
}): JSX.Element {
  const { number, top, template, width, cells } = props;
  return (
    <div
      role="row"
      aria-rowindex={number + 2}
      className="jp-tracker-grid-row"
      style={{
        transform: `translateY(${top}px)`,
        gridTemplateColumns: template
      }}
    >
      <span role="rowheader">{number + 1}</span>
      {Array.from({ length: width }, (_, i) => {
        const cell = cells?.[i];
        return (
          <span
            role="cell"
            key={i}
            data-kind={
              cell === null
                ? 'null'
                : cell !== undefined && NUMBER.test(cell)
                  ? 'number'
                  : undefined
            }
            title={cell ?? undefined}
          >
            {cell === null ? '–' : cell}
          </span>
        );
      })}
    </div>
  );
});

function TableBar(props: {
  blocks: TableBlocks;
  total: number;
  onGo: (row: number) => void;
}): JSX.Element {
  const { blocks, total, onGo } = props;
  const trans = useTrans();
  const { firstColumn, facts } = blocks;
  const columns = facts?.totalColumns ?? 0;
  const rows = total.toLocaleString();
  const counted = facts?.isComplete ? rows : `${rows}+`;
  return (
    <div className="jp-tracker-viewer-bar">
      <span role="status">
        {trans._n('%2 row', '%2 rows', total, counted)} ·{' '}
        {trans._n('%1 column', '%1 columns', columns)}
      </span>
      {total > 50 && (
        <form
          onSubmit={event => {
            event.preventDefault();
            const input = event.currentTarget.elements.namedItem('row');
            onGo(Number((input as HTMLInputElement).value) || 1);
          }}
        >
          <input
            name="row"
            type="number"
            min={1}
            max={total}
            aria-label={trans.__('Go to row')}
            placeholder={trans.__('Go to row')}
          />
        </form>
      )}
      {columns > COLUMNS && (
        <>
          <button
            type="button"
            className="jp-tracker-button"
            disabled={firstColumn === 0}
            onClick={() => blocks.setFirstColumn(firstColumn - COLUMNS)}
          >
            {trans.__('Columns before')}
          </button>
          <output>
            {firstColumn + 1}–{Math.min(columns, firstColumn + COLUMNS)}
          </output>
          <button
            type="button"
            className="jp-tracker-button"
            disabled={firstColumn + COLUMNS >= columns}
            onClick={() => blocks.setFirstColumn(firstColumn + COLUMNS)}
          >
            {trans.__('Columns after')}
          </button>
        </>
      )}
      {blocks.error && <span role="alert">{blocks.error.message}</span>}
    </div>
  );
}

/** Columns are as wide as the first rows need, and stay so while others are read. */
function useWidths(blocks: TableBlocks): string[] {
  const { facts, firstColumn } = blocks;
  const isRead = blocks.row(0) !== undefined;
  return React.useMemo(
    () =>
      (facts?.columns ?? []).map(({ name, type }, i) => {
        let longest = Math.max(name.length + 1, (type?.length ?? 0) * 0.85, 4);
        for (let row = 0; row < 50 && isRead; row++) {
          longest = Math.max(longest, blocks.row(row)?.[i]?.length ?? 0);
        }
        return `${Math.min(42, longest + 3)}ch`;
      }),
    // The facts are another object at each reading; the columns are what counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [blocks, facts?.columns.length, firstColumn, isRead]
  );
}
