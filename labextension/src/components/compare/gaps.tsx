import * as React from 'react';

/** Pixels that stand for the columns left out, and before which cell the first of them lies. */
export interface Gaps {
  readonly before: number;
  readonly after: number;
  readonly gapAt: number;
}

/** Put the gaps among the cells of a row, and behind them what fills the width. */
export function withGaps(cells: JSX.Element[], gaps: Gaps): JSX.Element[] {
  const gap = (name: string, width: number) =>
    width > 0
      ? [<td key={name} className="jp-tracker-table-gap" aria-hidden="true" />]
      : [];
  return [
    ...cells.slice(0, gaps.gapAt),
    ...gap('before', gaps.before),
    ...cells.slice(gaps.gapAt),
    ...gap('after', gaps.after),
    <td key="rest" className="jp-tracker-table-gap" aria-hidden="true" />
  ];
}

/** Return how many cells `withGaps` adds to a row. */
export function gapCount(gaps: Gaps): number {
  return Number(gaps.before > 0) + Number(gaps.after > 0) + 1;
}

/** The widths of the columns, which the cells of a table with a fixed layout follow. */
export function ColumnWidths(props: {
  name: number;
  runs: readonly number[];
  gaps: Gaps;
}): JSX.Element {
  const { name, runs, gaps } = props;
  const col = (key: string, width: number) =>
    width > 0 ? [<col key={key} style={{ width }} />] : [];
  const all = runs.map((width, i) => <col key={i} style={{ width }} />);
  return (
    <colgroup>
      <col style={{ width: name }} />
      {all.slice(0, gaps.gapAt)}
      {col('before', gaps.before)}
      {all.slice(gaps.gapAt)}
      {col('after', gaps.after)}
      <col />
    </colgroup>
  );
}
