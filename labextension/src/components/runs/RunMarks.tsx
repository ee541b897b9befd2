import * as React from 'react';

import type { RunRow } from '../../wire';
import { useTrans } from '../common/context';
import { Icon } from '../common/icons';

/** What a row can do with the marks of its run. */
export interface MarkActions {
  onFavourite: (runId: string, isFavourite: boolean) => void;
  onHide: (runId: string, isHidden: boolean) => void;
}

/** The star and the eye of a run: there while they say something, or while the row is pointed at. */
export function RunMarks(
  props: MarkActions & { run: RunRow; isFavourite: boolean; isHidden: boolean }
): JSX.Element {
  const { run, isFavourite, isHidden } = props;
  const trans = useTrans();
  return (
    <span className="jp-tracker-marks">
      <button
        type="button"
        className="jp-tracker-mark"
        tabIndex={-1}
        aria-pressed={isHidden}
        aria-label={trans.__('Hide %1 from charts', run.run_name)}
        title={
          isHidden
            ? trans.__('Draw in charts again (H)')
            : trans.__('Hide from charts (H)')
        }
        onClick={event => {
          event.stopPropagation();
          props.onHide(run.run_id, !isHidden);
        }}
      >
        <Icon name={isHidden ? 'hidden' : 'eye'} size={14} />
      </button>
      <button
        type="button"
        className="jp-tracker-mark jp-mod-star"
        tabIndex={-1}
        aria-pressed={isFavourite}
        aria-label={trans.__('Favourite %1', run.run_name)}
        title={
          isFavourite
            ? trans.__('No favourite any more (F)')
            : trans.__('Mark as a favourite (F)')
        }
        onClick={event => {
          event.stopPropagation();
          props.onFavourite(run.run_id, !isFavourite);
        }}
      >
        <Icon name="star" size={14} />
      </button>
    </span>
  );
}
