import * as React from 'react';

import type { Branch } from '../../models/list/branches';
import { useTrans } from '../common/context';

/** The end of what is open: more to read, or why it could not be read. */
export function MoreRow(props: {
  branch: Branch;
  index: number;
  top: number;
  depth: number;
  isActive: boolean;
  onMore: (branch: Branch) => void;
}): JSX.Element {
  const { branch } = props;
  const trans = useTrans();
  return (
    <div
      role="row"
      className="jp-tracker-run jp-mod-more"
      style={{ transform: `translateY(${props.top}px)` }}
      aria-rowindex={props.index + 2}
      aria-level={props.depth + 1}
      data-place={props.index}
      tabIndex={props.isActive ? 0 : -1}
    >
      <div
        role="gridcell"
        className="jp-tracker-run-main"
        style={{ paddingLeft: 32 + props.depth * 16 }}
      >
        {branch.isLoading ? (
          <span role="status">{trans.__('Loading…')}</span>
        ) : (
          <button
            type="button"
            className="jp-tracker-link"
            tabIndex={-1}
            onClick={() => props.onMore(branch)}
          >
            {branch.error
              ? trans.__('%1 Try again', branch.error.message)
              : trans.__('Show more')}
          </button>
        )}
      </div>
    </div>
  );
}
