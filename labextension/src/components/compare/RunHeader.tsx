import * as React from 'react';

import type { RunRow } from '../../wire';
import { IconButton } from '../common/IconButton';
import { useColors, useTrans } from '../common/context';
import { ColorDot, StateIcon } from '../common/state';
import { ResizeHandle } from './ResizeHandle';
import { useDragged } from '../common/useDragged';

/** What can be done with one of several runs of the comparison. */
export interface RunHeaderActions {
  onRemove: (runId: string) => void;
  onBaseline: (runId: string | null) => void;
  onPin: (runId: string, isPinned: boolean) => void;
  onMoveBy: (runId: string, by: number) => void;
  onMoveTo: (runId: string, target: string) => void;
}

interface RunHeaderProps {
  run: RunRow;
  isBaseline: boolean;
  isPinned: boolean;
  /** Where the column stays, in pixels; null where it passes by. */
  left: number | null;
  width: number;
  onOpen: (runId: string) => void;
  onPull: (runId: string, width: number | null, isLast: boolean) => void;
  /** Null where there is one run alone. */
  actions: RunHeaderActions | null;
}

/** The head of a run's column: it is dragged, or moved by Alt and the arrows. */
export function RunHeader(props: RunHeaderProps): JSX.Element {
  const { run, isBaseline, left, actions, onPull } = props;
  const trans = useTrans();
  const colors = useColors();
  const color = colors.colorOf(run.run_id);
  const id = run.run_id;
  const drag = useDragged('run', id, target => actions?.onMoveTo(target, id));
  return (
    <th
      scope="col"
      data-run-id={id}
      data-baseline={isBaseline || undefined}
      data-stuck={left !== null || undefined}
      style={{ boxShadow: `inset 0 2px 0 ${color}`, left: left ?? undefined }}
      {...(actions ? drag : {})}
      onKeyDown={event => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (event.altKey && by !== undefined) {
          event.preventDefault();
          actions?.onMoveBy(id, by);
        }
      }}
    >
      <div className="jp-tracker-table-run">
        <ColorDot color={color} />
        <button
          type="button"
          className="jp-tracker-run-name"
          title={
            actions
              ? trans.__('%1 (drag, or Alt and arrows, to move)', run.run_name)
              : run.run_name
          }
          aria-label={trans.__('Open run %1', run.run_name)}
          onClick={() => props.onOpen(id)}
        >
          {run.run_name}
        </button>
        <StateIcon status={run.status} />
        {actions && <HeadButtons {...props} actions={actions} />}
      </div>
      <ResizeHandle
        name={run.run_name}
        width={props.width}
        onWidth={(width, isLast) => onPull(id, width, isLast)}
      />
    </th>
  );
}

function HeadButtons(
  props: RunHeaderProps & { actions: RunHeaderActions }
): JSX.Element {
  const { run, isBaseline, isPinned, actions } = props;
  const trans = useTrans();
  const id = run.run_id;
  return (
    <span className="jp-tracker-head-actions">
      <IconButton
        className="jp-tracker-table-action"
        icon="baseline"
        size={13}
        aria-pressed={isBaseline}
        label={trans.__('Baseline: %1', run.run_name)}
        title={
          isBaseline
            ? trans.__('Hold runs against none')
            : trans.__('Hold the other runs against this one')
        }
        onClick={() => actions.onBaseline(isBaseline ? null : id)}
      />
      {!isBaseline && (
        <IconButton
          className="jp-tracker-table-action"
          icon="pin"
          size={12}
          aria-pressed={isPinned}
          label={trans.__('Pin %1', run.run_name)}
          title={
            isPinned
              ? trans.__('Let the column pass by')
              : trans.__('Keep the column beside the names')
          }
          onClick={() => actions.onPin(id, !isPinned)}
        />
      )}
      <IconButton
        className="jp-tracker-table-action"
        icon="cross"
        size={12}
        label={trans.__('Remove %1 from the comparison', run.run_name)}
        title={trans.__('Remove from the comparison')}
        onClick={() => actions.onRemove(id)}
      />
    </span>
  );
}
