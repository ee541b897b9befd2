import type { Zoom } from '../../models/pair/pictures';
import { panned, scaled, WHOLE } from '../../models/pair/pictures';

/** How much one press magnifies. */
export const STEP = 1.5;

/** How far one press moves, as a share of the frame. */
const SHIFT = 0.1;

/** Return the zoom after a key; null for any other key. */
export function zoomAfter(zoom: Zoom, key: string): Zoom | null {
  switch (key) {
    case '+':
    case '=':
      return scaled(zoom, STEP);
    case '-':
      return scaled(zoom, 1 / STEP);
    case '0':
      return WHOLE;
    case 'ArrowLeft':
      return panned(zoom, SHIFT, 0);
    case 'ArrowRight':
      return panned(zoom, -SHIFT, 0);
    case 'ArrowUp':
      return panned(zoom, 0, SHIFT);
    case 'ArrowDown':
      return panned(zoom, 0, -SHIFT);
    default:
      return null;
  }
}
