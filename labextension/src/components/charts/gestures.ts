/** A place on a chart, in pixels from its upper left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What a person does to a chart. */
export interface Gestures {
  /** The pointer is here; null where it left. */
  point(place: Place | null): void;
  /** A rectangle is being drawn; null where it was given up. */
  mark(from: Place, to: Place | null): void;
  /** A rectangle was drawn. */
  choose(from: Place, to: Place): void;
  /** The chart was moved by so many pixels. */
  pan(byX: number, byY: number): void;
  /** Show more (a factor above 1) or less around a place. */
  scale(factor: number, around: Place): void;
  /** Show everything again. */
  reset(): void;
  /** Move the crosshair by so many points. */
  walk(points: number): void;
}

/** Shorter ways of the pointer are clicks. */
const CLICK = 4;
const WHEEL = 0.002;
const KEY_FACTOR = 1.5;
const PAGE = 20;

/**
 * Tell what a person does to a canvas, by mouse, pen and keyboard; returns what ends that.
 *
 * Dragging draws a rectangle, with Shift it moves the chart; the wheel zooms with Ctrl or Cmd,
 * without it scrolls the page; a double click shows everything. Arrows move the crosshair, plus and
 * minus zoom, zero shows everything. A finger points; scrolling and pinching stay the page's own.
 */
export function listen(canvas: HTMLCanvasElement, to: Gestures): () => void {
  const ending = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void
  ) => {
    const { signal } = ending;
    canvas.addEventListener(type, listener, { signal, passive: false });
  };
  listenToPointer(canvas, to, on);
  on('wheel', event => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const factor = Math.exp(-event.deltaY * WHEEL);
      to.scale(factor, placeOf(event, canvas));
    }
  });
  on('dblclick', () => to.reset());
  on('keydown', event => onKey(event, canvas, to));
  on('blur', () => to.point(null));
  return () => ending.abort();
}

function listenToPointer(
  canvas: HTMLCanvasElement,
  to: Gestures,
  on: <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void
  ) => void
): void {
  let from: Place | null = null;
  let last: Place | null = null;
  on('pointerdown', event => {
    if (event.button === 0 && event.pointerType !== 'touch') {
      from = last = placeOf(event, canvas);
      canvas.setPointerCapture(event.pointerId);
    }
  });
  on('pointermove', event => {
    const place = placeOf(event, canvas);
    if (from === null || last === null) {
      to.point(place);
    } else if (event.shiftKey) {
      to.pan(place.x - last.x, place.y - last.y);
      last = place;
    } else if (last === from || isFar(from, place)) {
      to.mark(from, isFar(from, place) ? place : null);
    }
  });
  on('pointerup', event => {
    const place = placeOf(event, canvas);
    if (from !== null) {
      to.mark(from, null);
      if (last === from && isFar(from, place)) {
        to.choose(from, place);
      }
    }
    from = last = null;
    to.point(place);
  });
  on('pointercancel', () => {
    if (from !== null) {
      to.mark(from, null);
    }
    from = last = null;
  });
  on('pointerleave', () => {
    if (from === null) {
      to.point(null);
    }
  });
}

function onKey(
  event: KeyboardEvent,
  canvas: HTMLCanvasElement,
  to: Gestures
): void {
  const middle = { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
  const actions: Record<string, () => void> = {
    ArrowLeft: () => to.walk(-1),
    ArrowRight: () => to.walk(1),
    PageUp: () => to.walk(-PAGE),
    PageDown: () => to.walk(PAGE),
    Home: () => to.walk(-Infinity),
    End: () => to.walk(Infinity),
    '+': () => to.scale(KEY_FACTOR, middle),
    '=': () => to.scale(KEY_FACTOR, middle),
    '-': () => to.scale(1 / KEY_FACTOR, middle),
    '0': () => to.reset(),
    Escape: () => to.point(null)
  };
  const action = actions[event.key];
  if (action && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    action();
  }
}

function placeOf(event: MouseEvent, canvas: HTMLCanvasElement): Place {
  const box = canvas.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

function isFar(from: Place, to: Place): boolean {
  return Math.abs(to.x - from.x) > CLICK || Math.abs(to.y - from.y) > CLICK;
}
