import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import { useTrans } from '../common/context';
import { Rendered } from '../common/Rendered';

/** What a person wrote about the run: shown as Markdown, changed in place. */
export function Notes(props: {
  text: string;
  rendermime: IRenderMimeRegistry;
  onChange: ((text: string) => void) | null;
}): JSX.Element | null {
  const { text, onChange } = props;
  const trans = useTrans();
  const [isEditing, setEditing] = React.useState(false);
  const bundle = React.useMemo(() => ({ 'text/markdown': text }), [text]);
  if (isEditing && onChange) {
    return (
      <NotesEditor
        text={text}
        onDone={changed => {
          setEditing(false);
          if (changed !== null) {
            onChange(changed);
          }
        }}
      />
    );
  }
  const edit = onChange && (
    <button
      type="button"
      className="jp-tracker-link"
      onClick={() => setEditing(true)}
    >
      {text === '' ? trans.__('Add notes') : trans.__('Edit notes')}
    </button>
  );
  return text === '' ? (
    edit && <div className="jp-tracker-notes">{edit}</div>
  ) : (
    <div className="jp-tracker-notes" role="note">
      <Rendered rendermime={props.rendermime} bundle={bundle} />
      {edit}
    </div>
  );
}

function NotesEditor(props: {
  text: string;
  onDone: (text: string | null) => void;
}): JSX.Element {
  const trans = useTrans();
  const [text, setText] = React.useState(props.text);
  return (
    <div className="jp-tracker-notes">
      <textarea
        aria-label={trans.__('Notes, as Markdown')}
        placeholder={trans.__('What was tried, and what came of it? Markdown.')}
        value={text}
        rows={Math.min(20, Math.max(4, text.split('\n').length + 1))}
        autoFocus
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            props.onDone(null);
          } else if (
            event.key === 'Enter' &&
            (event.ctrlKey || event.metaKey)
          ) {
            props.onDone(text);
          }
        }}
      />
      <div className="jp-tracker-notes-actions">
        <button
          type="button"
          className="jp-tracker-button jp-mod-primary"
          onClick={() => props.onDone(text)}
        >
          {trans.__('Save')}
        </button>
        <button
          type="button"
          className="jp-tracker-button"
          onClick={() => props.onDone(null)}
        >
          {trans.__('Cancel')}
        </button>
      </div>
    </div>
  );
}
