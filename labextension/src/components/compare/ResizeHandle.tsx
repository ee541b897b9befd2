import * as React from 'react';

import { NARROWEST, WIDEST } from '../../models/compare/tableLayout';
import { useTrans } from '../common/context';
import { bounded } from './useWidths';

const KEY_STEP = 16;

/** The right edge of a column: dragged, or moved by arrows; a double click lets go of the width. */
export function ResizeHandle(props: {
  name: string;
  width: number;
  /** Told while it moves, and at the end with `isLast`; null for the usual width. */
  onWidth: (width: number | null, isLast: boolean) => void;
}): JSX.Element {
  const { name, width, onWidth } = props;
  const trans = useTrans();
  const from = React.useRef<{ x: number; width: number } | null>(null);
  const widthAt = (event: React.PointerEvent) =>
    from.current &&
    bounded(from.current.width + event.clientX - from.current.x);
  return (
    <div
      className="jp-tracker-resize"
      role="separator"
      tabIndex={0}
      draggable
      aria-orientation="vertical"
      aria-label={trans.__('Width of %1', name)}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      aria-valuenow={Math.round(width)}
      // The column itself is dragged by the rest of its head.
      onDragStart={event => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={event => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={event => {
        const next = widthAt(event);
        if (next !== null) {
          onWidth(next, false);
        }
      }}
      onPointerUp={event => {
        const next = widthAt(event);
        const isMoved = next !== null && next !== from.current?.width;
        from.current = null;
        if (isMoved) {
          onWidth(next, true);
        }
      }}
      onDoubleClick={() => onWidth(null, true)}
      onKeyDown={event => {
        const step = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
        if (step !== undefined && !event.altKey) {
          event.preventDefault();
          event.stopPropagation();
          onWidth(bounded(width + step), true);
        }
      }}
    />
  );
}
