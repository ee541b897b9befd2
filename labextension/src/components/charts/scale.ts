import type { Span } from '../../models/charts/chartLinks';

/** What the numbers along an axis are: `duration` and `date` are milliseconds. */
export type ScaleKind = 'linear' | 'log' | 'duration' | 'date';

/** Where values lie on the screen, along one axis. */
export interface Scale {
  readonly kind: ScaleKind;
  readonly span: Span;
  /** The pixels of the least and of the greatest value. */
  readonly pixels: Span;
  /** NaN where the axis has no such value. */
  toPixel(value: number): number;
  toValue(pixel: number): number;
}

/** Return the scale that lays a span over pixels. */
export function scaleOf(kind: ScaleKind, span: Span, pixels: Span): Scale {
  const forward = kind === 'log' ? Math.log10 : (value: number) => value;
  const back = kind === 'log' ? (value: number) => 10 ** value : identity;
  const low = forward(span[0]);
  const rate = (pixels[1] - pixels[0]) / (forward(span[1]) - low || 1);
  return {
    kind,
    span,
    pixels,
    toPixel: value => {
      const at = forward(value);
      return Number.isFinite(at) ? pixels[0] + (at - low) * rate : NaN;
    },
    toValue: pixel => back(low + (pixel - pixels[0]) / rate)
  };
}

/** Return a span a little wider than the values, and never empty; `share` of its length a side. */
export function padded(span: Span, share: number, isLog: boolean): Span {
  const [low, high] = isLog ? [Math.log10(span[0]), Math.log10(span[1])] : span;
  const length = high - low;
  const pad =
    length > 0 ? length * share : isLog ? 0.5 : Math.abs(low) * 0.05 || 1;
  return isLog
    ? [10 ** (low - pad), 10 ** (high + pad)]
    : [low - pad, high + pad];
}

function identity(value: number): number {
  return value;
}
