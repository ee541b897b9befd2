import * as React from 'react';

import type { Hunk } from '../../models/pair/lineDiff';
import { hunksOf } from '../../models/pair/lineDiff';
import type { LineRow, SegmentRow } from '../../wire';
import { useTrans } from '../common/context';

/** Two texts line by line: side by side, or one below the other where there is little room. */
export function LineDiff(props: {
  label: string;
  lines: readonly LineRow[];
  isSplit: boolean;
}): JSX.Element {
  const { lines, isSplit } = props;
  const hunks = React.useMemo(() => hunksOf(lines), [lines]);
  return (
    <div
      className="jp-tracker-lines"
      role="group"
      aria-label={props.label}
      data-split={isSplit}
    >
      {hunks.map((hunk, i) => (
        <HunkLines key={i} hunk={hunk} isSplit={isSplit} />
      ))}
    </div>
  );
}

function HunkLines(props: { hunk: Hunk; isSplit: boolean }): JSX.Element {
  const { lines, isFolded } = props.hunk;
  const trans = useTrans();
  const [isOpen, setOpen] = React.useState(false);
  if (isFolded && !isOpen) {
    return (
      <button
        type="button"
        className="jp-tracker-lines-fold"
        onClick={() => setOpen(true)}
      >
        {trans._n('%1 equal line', '%1 equal lines', lines.length)}
      </button>
    );
  }
  const Line = props.isSplit ? SplitLine : UnifiedLine;
  return (
    <>
      {lines.map((line, i) => (
        <Line key={i} line={line} />
      ))}
    </>
  );
}

function SplitLine({ line }: { line: LineRow }): JSX.Element {
  const isChanged = line.kind === 'changed';
  const left = isChanged ? 'removed' : line.kind;
  const right = isChanged ? 'added' : line.kind;
  return (
    <div className="jp-tracker-line">
      <Side
        kind={line.kind === 'added' ? 'absent' : left}
        number={line.left_number}
        segments={line.left}
      />
      <Side
        kind={line.kind === 'removed' ? 'absent' : right}
        number={line.right_number}
        segments={line.right}
      />
    </div>
  );
}

function UnifiedLine({ line }: { line: LineRow }): JSX.Element {
  if (line.kind === 'equal') {
    const { right_number, right } = line;
    return (
      <div className="jp-tracker-line">
        <Side kind="equal" number={right_number} segments={right} />
      </div>
    );
  }
  return (
    <>
      {line.kind !== 'added' && (
        <div className="jp-tracker-line">
          <Side kind="removed" number={line.left_number} segments={line.left} />
        </div>
      )}
      {line.kind !== 'removed' && (
        <div className="jp-tracker-line">
          <Side kind="added" number={line.right_number} segments={line.right} />
        </div>
      )}
    </>
  );
}

const SIGNS = { equal: '', absent: '', changed: '', removed: '−', added: '+' };

function Side(props: {
  kind: keyof typeof SIGNS;
  number: number | null;
  segments: readonly SegmentRow[];
}): JSX.Element {
  const { kind, number, segments } = props;
  const Word = kind === 'removed' ? 'del' : 'ins';
  return (
    <div className="jp-tracker-line-side" data-kind={kind}>
      <span className="jp-tracker-line-number" aria-hidden="true">
        {number}
      </span>
      <span className="jp-tracker-line-sign">{SIGNS[kind]}</span>
      <code>
        {segments.map(({ text, is_changed }, i) =>
          is_changed ? (
            <Word key={i}>{text}</Word>
          ) : (
            <React.Fragment key={i}>{text}</React.Fragment>
          )
        )}
      </code>
    </div>
  );
}
