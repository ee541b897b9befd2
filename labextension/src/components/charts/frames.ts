/** What may be drawn in one frame, in ms: the browser's own part of it takes about as long again. */
const BUDGET = 6;

const waiting = new Set<() => void>();
let frame = 0;

/** Call a function soon, once however often it is asked for; many of them share the frames. */
export function drawSoon(draw: () => void): void {
  waiting.add(draw);
  frame ||= window.requestAnimationFrame(drawSome);
}

/** Do not call it any more. */
export function forget(draw: () => void): void {
  waiting.delete(draw);
}

function drawSome(): void {
  frame = 0;
  const end = performance.now() + BUDGET;
  for (const draw of waiting) {
    waiting.delete(draw);
    draw();
    if (performance.now() >= end) {
      break;
    }
  }
  if (waiting.size > 0) {
    frame ||= window.requestAnimationFrame(drawSome);
  }
}
