import * as React from 'react';

import { useTrans } from '../common/context';

const LOW = 0.15;
const HIGH = 0.85;
const KEY_STEP = 0.05;

/** Two parts one above the other, with a bar between them that is dragged or moved by arrows. */
export function Splitter(props: {
  split: number;
  top: React.ReactNode;
  bottom: React.ReactNode;
  onSplit: (split: number) => void;
}): JSX.Element {
  const { split, onSplit } = props;
  const trans = useTrans();
  const node = React.useRef<HTMLDivElement>(null);
  const move = (value: number) => onSplit(Math.min(Math.max(value, LOW), HIGH));
  const onPointerDown = (event: React.PointerEvent<HTMLDivElement>) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: React.PointerEvent<HTMLDivElement>) => {
    const box = node.current?.getBoundingClientRect();
    if (box && event.currentTarget.hasPointerCapture(event.pointerId)) {
      move((event.clientY - box.top) / box.height);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowUp: -KEY_STEP, ArrowDown: KEY_STEP }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      move(split + step);
    }
  };
  return (
    <div ref={node} className="jp-tracker-split">
      <div className="jp-tracker-split-part" style={{ flexGrow: split }}>
        {props.top}
      </div>
      <div
        className="jp-tracker-splitter"
        role="separator"
        tabIndex={0}
        aria-orientation="horizontal"
        aria-label={trans.__('Height of the charts')}
        aria-valuemin={LOW * 100}
        aria-valuemax={HIGH * 100}
        aria-valuenow={Math.round(split * 100)}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onKeyDown={onKeyDown}
      />
      <div className="jp-tracker-split-part" style={{ flexGrow: 1 - split }}>
        {props.bottom}
      </div>
    </div>
  );
}
