import * as React from 'react';

import { CommandIDs } from '../../commands';
import { useHints, useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';

/** What can be done with the ticked runs. Always there, so that nothing moves at the first tick. */
export function ActionBar(props: {
  count: number;
  view: 'active' | 'deleted';
  /** Why runs cannot be changed; null where they can. */
  locked: string | null;
  onClear: () => void;
  onDelete: () => void;
  onRestore: () => void;
  onCompare: () => void;
}): JSX.Element {
  const { count } = props;
  const trans = useTrans();
  const hint = useHints();
  return (
    <div
      className="jp-tracker-actions"
      role="toolbar"
      aria-label={trans.__('Selected runs')}
    >
      <span className="jp-tracker-actions-count" role="status">
        {count === 0
          ? trans.__('Tick runs to compare')
          : trans.__('%1 selected', count)}
      </span>
      {count > 0 && (
        <IconButton
          icon="cross"
          size={14}
          label={trans.__('Clear')}
          title={trans.__('Take all ticks away')}
          onClick={props.onClear}
        />
      )}
      {count > 0 &&
        (props.view === 'active' ? (
          <IconButton
            icon="bin"
            label={trans.__('Delete')}
            title={props.locked ?? trans.__('Delete the selected runs')}
            disabled={props.locked !== null}
            onClick={props.onDelete}
          />
        ) : (
          <button
            type="button"
            className="jp-tracker-button"
            title={props.locked ?? undefined}
            disabled={props.locked !== null}
            onClick={props.onRestore}
          >
            {trans.__('Restore')}
          </button>
        ))}
      <button
        type="button"
        className="jp-tracker-button jp-mod-primary"
        title={hint(
          trans.__('Compare the ticked runs side by side'),
          CommandIDs.compareRuns
        )}
        disabled={count === 0}
        onClick={props.onCompare}
      >
        {trans.__('Compare')}
      </button>
    </div>
  );
}
