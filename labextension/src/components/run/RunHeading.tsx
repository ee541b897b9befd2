import * as React from 'react';

import { statusName } from '../../format';
import type { RunRow } from '../../wire';
import { useColors, useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';
import { Icon } from '../common/icons';
import { ColorDot, StateIcon } from '../common/state';

/** What a person does with the run as a whole. */
export interface HeadingActions {
  /** Why the run cannot be changed; null where it can. */
  locked: string | null;
  onRename: (name: string) => void;
  onDelete: () => void;
  onRestore: () => void;
  /** End a project that is running; null where nothing can be ended from here. */
  onCancel: (() => void) | null;
  /** Open the menu of what else can be done, at the button that has the focus. */
  onMenu: (() => void) | null;
}

/** The run's name, which can be changed in place, its state, and the way into the bin. */
export function RunHeading(
  props: { run: RunRow } & HeadingActions
): JSX.Element {
  const { run } = props;
  const trans = useTrans();
  const colors = useColors();
  const [isEditing, setEditing] = React.useState(false);
  const isDeleted = run.lifecycle_stage === 'deleted';
  return (
    <div className="jp-tracker-run-heading">
      <ColorDot color={colors.colorOf(run.run_id)} />
      {isEditing ? (
        <NameInput
          name={run.run_name}
          onDone={name => {
            setEditing(false);
            if (name !== null) {
              props.onRename(name);
            }
          }}
        />
      ) : (
        <h1>{run.run_name}</h1>
      )}
      {!isEditing && !isDeleted && (
        <IconButton
          icon="pencil"
          size={14}
          label={trans.__('Rename this run')}
          title={props.locked ?? trans.__('Rename this run')}
          disabled={props.locked !== null}
          onClick={() => setEditing(true)}
        />
      )}
      <span className="jp-tracker-badge" data-status={run.status}>
        <StateIcon status={run.status} />
        {statusName(run.status, trans)}
      </span>
      <Verdict run={run} />
      {isDeleted && (
        <span className="jp-tracker-badge jp-mod-deleted">
          <Icon name="bin" size={14} />
          {trans.__('Deleted')}
        </span>
      )}
      {props.onCancel && (
        <button
          type="button"
          className="jp-tracker-button jp-tracker-run-delete"
          onClick={props.onCancel}
        >
          {trans.__('Cancel run…')}
        </button>
      )}
      {props.onMenu && !isDeleted && (
        <button
          type="button"
          className="jp-tracker-button jp-tracker-run-delete"
          aria-haspopup="menu"
          onClick={event => {
            // Not every browser gives the focus to a button that is clicked.
            event.currentTarget.focus();
            props.onMenu?.();
          }}
        >
          {trans.__('Actions')}
          <span aria-hidden="true"> ⋯</span>
        </button>
      )}
      <button
        type="button"
        className="jp-tracker-button jp-tracker-run-delete"
        title={props.locked ?? undefined}
        disabled={props.locked !== null}
        onClick={isDeleted ? props.onRestore : props.onDelete}
      >
        {isDeleted ? trans.__('Restore') : trans.__('Delete')}
      </button>
    </div>
  );
}

const VERDICT = 'tracker.reproduction.verdict';

/** Whether running the export again gave the same: what `--verify` found. */
function Verdict(props: { run: RunRow }): JSX.Element | null {
  const { tags } = props.run;
  const verdict = tags[VERDICT];
  if (!verdict) {
    return null;
  }
  const about = ['detail', 'cause']
    .map(name => tags[`tracker.reproduction.${name}`])
    .filter(Boolean);
  const differs = verdict === 'differs';
  return (
    <span
      className="jp-tracker-badge"
      data-verdict={differs ? 'differs' : 'reproduced'}
      title={about.join('\n')}
    >
      <Icon name={differs ? 'warning' : 'check'} size={14} />
      {verdict}
    </span>
  );
}

/** Enter and leaving the field keep the name, Escape keeps the old one. */
function NameInput(props: {
  name: string;
  onDone: (name: string | null) => void;
}): JSX.Element {
  const trans = useTrans();
  const input = React.useRef<HTMLInputElement>(null);
  const isDone = React.useRef(false);
  React.useEffect(() => input.current?.select(), []);
  const finish = (name: string | null) => {
    // Taking the field away makes it lose the focus, which must not count again.
    if (!isDone.current) {
      isDone.current = true;
      props.onDone(name);
    }
  };
  return (
    <input
      ref={input}
      className="jp-tracker-name-input"
      aria-label={trans.__('Name of the run')}
      defaultValue={props.name}
      autoFocus
      onBlur={event => finish(event.target.value)}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          finish(event.currentTarget.value);
        } else if (event.key === 'Escape') {
          finish(null);
        }
      }}
    />
  );
}
