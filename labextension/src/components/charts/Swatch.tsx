import * as React from 'react';

const WIDTH = 16;
const HEIGHT = 4;

/** A piece of a line as it is drawn in charts. */
export function Swatch(props: {
  color: string;
  dash?: readonly number[];
}): JSX.Element {
  return (
    <svg
      className="jp-tracker-swatch-line"
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
      focusable="false"
    >
      <line
        x1={0}
        y1={HEIGHT / 2}
        x2={WIDTH}
        y2={HEIGHT / 2}
        stroke={props.color}
        strokeWidth={3}
        strokeDasharray={props.dash?.join(' ')}
      />
    </svg>
  );
}
