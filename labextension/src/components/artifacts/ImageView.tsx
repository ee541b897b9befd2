import * as React from 'react';

import type { ArtifactsModel } from '../../models/files/artifacts';
import { useTrans } from '../common/context';
import { imageType } from '../../models/files/previews';
import { Message } from './Message';
import { useLoaded } from './useLoaded';

const STEP = 1.25;
const LEAST = 0.05;
const MOST = 32;

/** A picture: as large as there is room for, or magnified and moved about. */
export function ImageView(props: {
  model: ArtifactsModel;
  path: string;
}): JSX.Element {
  const { model, path } = props;
  const url = useImageUrl(model, path);
  return url.value ? (
    <Zoomable key={url.value} url={url.value} path={path} />
  ) : (
    <Message error={url.error} />
  );
}

/** Return a URL of a picture that is read anew when it is another one. */
export function useImageUrl(model: ArtifactsModel, path: string) {
  const load = React.useCallback(async () => {
    const type = imageType(path);
    const bytes = await model.read(path);
    const blob = bytes.slice(0, bytes.size, type);
    // Opened on its own, an SVG may run scripts: as a data URL it has no origin to run them with.
    return type === 'image/svg+xml' ? dataUrl(blob) : URL.createObjectURL(blob);
  }, [model, path]);
  const url = useLoaded(load);
  const { value } = url;
  React.useEffect(
    () => () => {
      if (value?.startsWith('blob:')) {
        URL.revokeObjectURL(value);
      }
    },
    [value]
  );
  return url;
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(blob);
  });
}

function Zoomable(props: { url: string; path: string }): JSX.Element {
  const trans = useTrans();
  const image = React.useRef<HTMLImageElement>(null);
  const frame = React.useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = React.useState<number | null>(null);
  const [size, setSize] = React.useState<string | null>(null);
  const drag = useDrag(frame);
  const by = (factor: number) => {
    const { current } = image;
    const now =
      zoom ?? (current ? current.width / (current.naturalWidth || 1) : 1);
    setZoom(Math.min(MOST, Math.max(LEAST, now * factor)));
  };
  const keys: Record<string, () => void> = {
    '+': () => by(STEP),
    '=': () => by(STEP),
    '-': () => by(1 / STEP),
    '0': () => setZoom(null),
    '1': () => setZoom(1)
  };
  useWheel(frame, factor => by(factor));
  const natural = image.current?.naturalWidth ?? 0;
  return (
    <div className="jp-tracker-image">
      <div
        className="jp-tracker-viewer-bar"
        role="toolbar"
        aria-label={trans.__('Image')}
      >
        <button
          type="button"
          className="jp-tracker-button"
          aria-pressed={zoom === null}
          onClick={() => setZoom(null)}
        >
          {trans.__('Fit')}
        </button>
        <button
          type="button"
          className="jp-tracker-button"
          aria-pressed={zoom === 1}
          onClick={() => setZoom(1)}
        >
          {trans.__('Actual size')}
        </button>
        <button
          type="button"
          className="jp-tracker-button"
          aria-label={trans.__('Smaller')}
          onClick={() => by(1 / STEP)}
        >
          −
        </button>
        <button
          type="button"
          className="jp-tracker-button"
          aria-label={trans.__('Larger')}
          onClick={() => by(STEP)}
        >
          +
        </button>
        <output>{zoom === null ? '' : `${Math.round(zoom * 100)} %`}</output>
        <small>{size}</small>
      </div>
      <div
        ref={frame}
        className="jp-tracker-image-frame"
        data-zoomed={zoom !== null || undefined}
        tabIndex={0}
        role="group"
        aria-label={trans.__('Image: + and - zoom, arrows move')}
        onKeyDown={event => {
          const act = keys[event.key];
          if (act && !event.ctrlKey && !event.metaKey && !event.altKey) {
            event.preventDefault();
            act();
          }
        }}
        {...drag}
      >
        <img
          ref={image}
          src={props.url}
          alt={props.path}
          draggable={false}
          style={zoom === null ? undefined : { width: natural * zoom }}
          onLoad={event => {
            const { naturalWidth, naturalHeight } = event.currentTarget;
            setSize(`${naturalWidth} × ${naturalHeight}`);
          }}
        />
      </div>
    </div>
  );
}

/** The wheel scrolls the page; with Ctrl, as two fingers on a touchpad say it, it zooms. */
function useWheel(
  frame: React.RefObject<HTMLDivElement>,
  onZoom: (factor: number) => void
): void {
  const latest = React.useRef(onZoom);
  latest.current = onZoom;
  React.useEffect(() => {
    const node = frame.current;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        latest.current(Math.exp(-event.deltaY / 300));
      }
    };
    node?.addEventListener('wheel', onWheel, { passive: false });
    return () => node?.removeEventListener('wheel', onWheel);
  }, [frame]);
}

/** Move what is larger than its frame with the pointer. */
function useDrag(frame: React.RefObject<HTMLDivElement>) {
  const from = React.useRef<{ x: number; y: number } | null>(null);
  return {
    onPointerDown: (event: React.PointerEvent) => {
      if (event.button === 0) {
        from.current = { x: event.clientX, y: event.clientY };
        frame.current?.setPointerCapture(event.pointerId);
      }
    },
    onPointerMove: (event: React.PointerEvent) => {
      const { current } = from;
      if (current && frame.current) {
        frame.current.scrollLeft -= event.clientX - current.x;
        frame.current.scrollTop -= event.clientY - current.y;
        from.current = { x: event.clientX, y: event.clientY };
      }
    },
    onPointerUp: () => {
      from.current = null;
    }
  };
}
