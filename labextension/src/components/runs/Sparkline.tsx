import * as React from 'react';

const WIDTH = 56;
const HEIGHT = 14;
const MARGIN = 1.5;

/** A curve the size of a word: where a metric came from. */
export const Sparkline = React.memo(function Sparkline(props: {
  values: readonly number[];
  color: string;
}) {
  const points = sparkPoints(props.values);
  return (
    <svg
      className="jp-tracker-sparkline"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      <polyline
        points={points}
        fill="none"
        stroke={props.color}
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
});

/** Return the points of a polyline that fills the picture; what is no number is left out. */
export function sparkPoints(values: readonly number[]): string {
  const known = values.filter(Number.isFinite);
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const step = (WIDTH - 2 * MARGIN) / Math.max(1, values.length - 1);
  return values
    .map((value, i) => [MARGIN + i * step, value])
    .filter(([, value]) => Number.isFinite(value))
    .map(([x, value]) => {
      const y =
        HEIGHT - MARGIN - ((value - low) / span) * (HEIGHT - 2 * MARGIN);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
