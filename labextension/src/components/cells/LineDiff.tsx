import * as React from 'react';

import type { LineRow, SegmentRow } from '../../wire';
import { useTrans } from '../common/context';

/** So many equal lines around a change stay in sight. */
const CONTEXT = 3;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly number: number | null;
  readonly segments: readonly SegmentRow[];
}

/** Lines of one text that became another, the words that differ marked. */
export function LineDiff(props: {
  lines: readonly LineRow[];
  label: string;
}): JSX.Element {
  const trans = useTrans();
  const parts = React.useMemo(() => partsOf(props.lines), [props.lines]);
  return (
    <table className="jp-tracker-line-diff" aria-label={props.label}>
      <tbody>
        {parts.map((part, index) =>
          typeof part === 'number' ? (
            <tr key={index} className="jp-tracker-line-gap">
              <td colSpan={3}>
                {trans._n('%1 equal line', '%1 equal lines', part)}
              </td>
            </tr>
          ) : (
            <DiffLine key={index} line={part} />
          )
        )}
      </tbody>
    </table>
  );
}

function DiffLine({ line }: { line: Line }): JSX.Element {
  const { sign, number, segments } = line;
  const Tag = sign === '-' ? 'del' : sign === '+' ? 'ins' : 'span';
  return (
    <tr data-sign={sign}>
      <td className="jp-tracker-line-number">{number}</td>
      <td className="jp-tracker-line-sign" aria-hidden="true">
        {sign}
      </td>
      <td>
        <Tag>
          {segments.map((segment, index) =>
            segment.is_changed ? (
              <mark key={index}>{segment.text}</mark>
            ) : (
              <React.Fragment key={index}>{segment.text}</React.Fragment>
            )
          )}
        </Tag>
      </td>
    </tr>
  );
}

/** Return the lines to show; numbers stand for so many equal ones that are left out. */
export function partsOf(rows: readonly LineRow[]): (Line | number)[] {
  const isNear = rows.map((_, index) =>
    rows
      .slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1)
      .some(({ kind }) => kind !== 'equal')
  );
  const parts: (Line | number)[] = [];
  let added: Line[] = [];
  rows.forEach((row, index) => {
    const isPair = row.kind === 'changed';
    if (!isPair && added.length > 0) {
      // Lines that replace others stand together, below those they replace.
      parts.push(...added);
      added = [];
    }
    const last = parts[parts.length - 1];
    if (row.kind === 'equal' && !isNear[index]) {
      if (typeof last === 'number') {
        parts[parts.length - 1] = last + 1;
      } else {
        parts.push(1);
      }
    } else if (row.kind === 'equal') {
      parts.push(lineOf(row, ' '));
    } else {
      if (row.kind !== 'added') {
        parts.push(lineOf(row, '-'));
      }
      if (row.kind !== 'removed') {
        (isPair ? added : parts).push(lineOf(row, '+'));
      }
    }
  });
  return [...parts, ...added];
}

function lineOf(row: LineRow, sign: Line['sign']): Line {
  return sign === '-'
    ? { sign, number: row.left_number, segments: row.left }
    : { sign, number: row.right_number, segments: row.right };
}
