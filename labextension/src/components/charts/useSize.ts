import * as React from 'react';

import type { Size } from './frame';

/** Return how wide and high an element is, in pixels; 0 before that is known. */
export function useSize(node: React.RefObject<HTMLElement>): Size {
  const [size, setSize] = React.useState<Size>({ width: 0, height: 0 });
  React.useLayoutEffect(() => {
    if (!node.current) {
      return;
    }
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      const height = Math.floor(entry.contentRect.height);
      setSize(old => {
        const isSame = old.width === width && old.height === height;
        // Hidden tabs have no width: keep what was drawn.
        return width === 0 || isSame ? old : { width, height };
      });
    });
    observer.observe(node.current);
    return () => observer.disconnect();
  }, [node]);
  return size;
}
