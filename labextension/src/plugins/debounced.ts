const DELAY = 300;

/** Return what calls `act` once, a moment after the last time it was called. */
export function debounced(act: () => void): () => void {
  let timer = 0;
  return () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(act, DELAY);
  };
}
