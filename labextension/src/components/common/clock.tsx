import * as React from 'react';

import { formatAge, formatDuration, formatTime } from '../../format';
import { useTrans } from './context';

const TICK = 1_000;

/** One timer for all that shows the time; it rests while the page is hidden or nobody needs it. */
const listeners = new Set<() => void>();
let timer = 0;
let now = Date.now();

function tick(): void {
  if (!document.hidden) {
    now = Date.now();
    listeners.forEach(listener => listener());
  }
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = window.setInterval(tick, TICK);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.clearInterval(timer);
    }
  };
}

function subscribeToNothing(): () => void {
  return () => undefined;
}

/** Return what `read` makes of the present moment; drawn again only when that is another text. */
function useMoment(read: (now: number) => string, isMoving = true): string {
  return React.useSyncExternalStore(
    isMoving ? subscribe : subscribeToNothing,
    () => read(now)
  );
}

/** How long ago something was, told anew as time passes. */
export function Age(props: { time: number }): JSX.Element {
  const trans = useTrans();
  const text = useMoment(moment => formatAge(props.time, moment, trans));
  return (
    <time
      dateTime={new Date(props.time).toISOString()}
      title={formatTime(props.time)}
    >
      {text}
    </time>
  );
}

/** How long something took, or has been taking. */
export function Duration(props: {
  start: number;
  end: number | null;
}): JSX.Element {
  const { start, end } = props;
  const trans = useTrans();
  const text = useMoment(
    moment =>
      end === null
        ? formatRunning(moment - start)
        : formatDuration(end - start),
    end === null
  );
  return <span title={trans.__('Duration')}>{text}</span>;
}

/** Whole seconds: tenths would only flicker. */
function formatRunning(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / TICK));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * TICK);
}
