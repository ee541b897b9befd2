import * as React from 'react';

import { useTrans } from '../common/context';

/** What stands where a file is not shown yet, or cannot be. */
export function Message(props: { error: string | null }): JSX.Element {
  const trans = useTrans();
  return (
    <p
      className="jp-tracker-nothing"
      role={props.error === null ? 'status' : 'alert'}
    >
      {props.error ?? trans.__('Loading…')}
    </p>
  );
}
