import * as React from 'react';

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
