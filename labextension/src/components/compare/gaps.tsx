import * as React from 'react';

/** Pixels that stand for the columns left out, and before which cell the first of them lies. */
export interface Gaps {
  readonly before: number;
  readonly after: number;
  readonly gapAt: number;
}

/** Put the gaps among the cells of a row. */
export function withGaps(cells: JSX.Element[], gaps: Gaps): JSX.Element[] {
  const gap = (name: string, width: number) =>
    width > 0
      ? [<td key={name} className="jp-tracker-table-gap" style={{ width }} />]
      : [];
  return [
    ...cells.slice(0, gaps.gapAt),
    ...gap('before', gaps.before),
    ...cells.slice(gaps.gapAt),
    ...gap('after', gaps.after)
  ];
}

/** Return how many cells the gaps add to a row. */
export function gapCount(gaps: Gaps): number {
  return Number(gaps.before > 0) + Number(gaps.after > 0);
}
