import * as React from 'react';

import { useTrans } from './context';

/** What stands where there is nothing to show: what is so, and what to do now. */
export function EmptyState(props: {
  title: string;
  children?: React.ReactNode;
}): JSX.Element {
  return (
    <div className="jp-tracker-empty" role="status">
      <p className="jp-tracker-empty-title">{props.title}</p>
      {props.children}
    </div>
  );
}

/**
 * What stands where something is on its way. Silent: what comes has a status of its own, and two at
 * once would talk over each other.
 */
export function Loading(): JSX.Element {
  const trans = useTrans();
  return (
    <div className="jp-tracker-empty" aria-busy="true">
      <p className="jp-tracker-empty-title">{trans.__('Loading…')}</p>
    </div>
  );
}

/** A failure and what can be done about it. */
export function ErrorBar(props: {
  message: string;
  action?: string;
  onAction?: () => void;
}): JSX.Element {
  return (
    <div className="jp-tracker-error" role="alert">
      <span>{props.message}</span>
      {props.action && (
        <button
          type="button"
          className="jp-tracker-link"
          onClick={props.onAction}
        >
          {props.action}
        </button>
      )}
    </div>
  );
}
