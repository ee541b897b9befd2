import * as React from 'react';

/** The place of a run that is being read. */
export const RunPlaceholder = React.memo(function RunPlaceholder(props: {
  index: number;
  top: number;
  isActive: boolean;
}) {
  return (
    <div
      role="row"
      className="jp-tracker-run-place"
      data-place={props.index}
      style={{ transform: `translateY(${props.top}px)` }}
      aria-rowindex={props.index + 2}
      aria-busy="true"
      tabIndex={props.isActive ? 0 : -1}
    >
      <div role="gridcell" className="jp-tracker-run-absent">
        <span />
        <span />
      </div>
    </div>
  );
});
