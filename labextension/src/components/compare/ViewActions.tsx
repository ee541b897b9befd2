import * as React from 'react';

import { useTrans } from '../common/context';

/** What can be done with the comparison as it is looked at; null where it cannot. */
export interface ViewActionsProps {
  onSave: (() => void) | null;
  onOpen: (() => void) | null;
  onLink: (() => void) | null;
}

/** Keeps the view under a name, opens another one, and copies the link to it. */
export function ViewActions(props: ViewActionsProps): JSX.Element {
  const trans = useTrans();
  const all: [string, string, (() => void) | null][] = [
    [trans.__('Save…'), trans.__('Save this view under a name'), props.onSave],
    [trans.__('Open…'), trans.__('Open a saved view'), props.onOpen],
    [trans.__('Link'), trans.__('Copy a link to this view'), props.onLink]
  ];
  return (
    <div
      className="jp-tracker-view-actions"
      role="group"
      aria-label={trans.__('This view')}
    >
      {all.map(
        ([name, caption, act]) =>
          act && (
            <button
              key={name}
              type="button"
              className="jp-tracker-link"
              title={caption}
              onClick={act}
            >
              {name}
            </button>
          )
      )}
    </div>
  );
}
