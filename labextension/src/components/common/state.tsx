import * as React from 'react';

import { statusName } from '../../format';
import type { RunStatus } from '../../wire';
import { useTrans } from './context';

/** Distinct shapes: the state must not be told by colour alone. */
function shapeOf(status: RunStatus): JSX.Element {
  switch (status) {
    case 'RUNNING':
      return (
        <>
          <circle className="jp-tracker-state-track" cx="8" cy="8" r="5.5" />
          <path
            className="jp-tracker-state-spin"
            d="M8 2.5A5.5 5.5 0 0 1 13.5 8"
          />
        </>
      );
    case 'SCHEDULED':
      return (
        <>
          <circle cx="8" cy="8" r="5.5" />
          <path d="M8 5v3.2l2 1.4" />
        </>
      );
    case 'FAILED':
      return (
        <>
          <circle cx="8" cy="8" r="5.5" />
          <path d="M6 6l4 4m0-4l-4 4" />
        </>
      );
    case 'KILLED':
      return (
        <>
          <circle cx="8" cy="8" r="5.5" />
          <path className="jp-tracker-state-block" d="M6 6h4v4H6z" />
        </>
      );
    default:
      return (
        <>
          <circle cx="8" cy="8" r="5.5" />
          <path d="M5.6 8.2l1.7 1.7 3.1-3.6" />
        </>
      );
  }
}

/** The state of a run as a picture with a name. */
export function StateIcon(props: { status: RunStatus }): JSX.Element {
  const name = statusName(props.status, useTrans());
  return (
    <svg
      className="jp-tracker-state"
      data-status={props.status}
      viewBox="0 0 16 16"
      width="14"
      height="14"
      role="img"
      aria-label={name}
    >
      <title>{name}</title>
      {shapeOf(props.status)}
    </svg>
  );
}

/** The colour that a run has in every view. */
export function ColorDot(props: { color: string }): JSX.Element {
  return (
    <span
      className="jp-tracker-dot"
      style={{ backgroundColor: props.color }}
      aria-hidden="true"
    />
  );
}
