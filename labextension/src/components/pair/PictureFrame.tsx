import * as React from 'react';

import type { Zoom } from '../../models/pair/pictures';
import { panned, scaled } from '../../models/pair/pictures';
import { useTrans } from '../common/context';
import { zoomAfter } from './zoomKeys';

/** One picture, or one over the other. */
export interface Layer {
  readonly url: string | null | undefined;
  readonly style?: React.CSSProperties;
}

/**
 * Shows a part of pictures: Ctrl and the wheel magnify, dragging moves, so do + - 0 and the arrows.
 *
 * Where there is a divider, dragging moves that while the whole picture is seen.
 */
export function PictureFrame(props: {
  label: string;
  layers: readonly Layer[];
  zoom: Zoom;
  onZoom: (zoom: Zoom) => void;
  divider?: number | null;
  onDivide?: (share: number) => void;
}): JSX.Element {
  const { layers, zoom, onZoom, divider = null, onDivide } = props;
  const trans = useTrans();
  const frame = React.useRef<HTMLDivElement>(null);
  const last = React.useRef<{ x: number; y: number } | null>(null);
  useWheel(frame, zoom, onZoom);
  const drag = (event: React.PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    if (zoom.scale > 1 && last.current) {
      onZoom(panned(zoom, x - last.current.x, y - last.current.y));
    } else if (zoom.scale <= 1) {
      onDivide?.(Math.round(100 * Math.min(1, Math.max(0, x))));
    }
    last.current = { x, y };
  };
  const { scale, x, y } = zoom;
  const transform = `translate(${100 * x}%, ${100 * y}%) scale(${scale})`;
  return (
    <div
      ref={frame}
      className="jp-tracker-picture"
      role="img"
      aria-label={props.label}
      tabIndex={0}
      data-divided={divider !== null || undefined}
      data-zoomed={scale > 1 || undefined}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={event => last.current && drag(event)}
      onPointerUp={() => (last.current = null)}
      onPointerCancel={() => (last.current = null)}
      onKeyDown={event => {
        const next = zoomAfter(zoom, event.key);
        if (next && !event.ctrlKey && !event.metaKey) {
          onZoom(next);
          event.preventDefault();
        }
      }}
    >
      {layers.map(({ url, style }, i) =>
        url === undefined ? (
          <p key={i} role="alert">
            {trans.__('This picture cannot be read.')}
          </p>
        ) : (
          <div key={i} className="jp-tracker-picture-layer" style={style}>
            {url && (
              <img src={url} alt="" draggable={false} style={{ transform }} />
            )}
          </div>
        )
      )}
      {divider !== null && (
        <div
          className="jp-tracker-picture-divider"
          style={{ left: `${divider}%` }}
        />
      )}
    </div>
  );
}

/** React's own listeners for the wheel cannot keep the page from being magnified. */
function useWheel(
  frame: React.RefObject<HTMLDivElement>,
  zoom: Zoom,
  onZoom: (zoom: Zoom) => void
): void {
  React.useEffect(() => {
    const node = frame.current;
    const onWheel = (event: WheelEvent) => {
      if (node && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        const box = node.getBoundingClientRect();
        const x = (event.clientX - box.left) / box.width;
        const y = (event.clientY - box.top) / box.height;
        onZoom(scaled(zoom, Math.exp(-event.deltaY / 300), x, y));
      }
    };
    node?.addEventListener('wheel', onWheel, { passive: false });
    return () => node?.removeEventListener('wheel', onWheel);
  }, [frame, zoom, onZoom]);
}
