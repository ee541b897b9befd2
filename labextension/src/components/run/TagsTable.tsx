import * as React from 'react';

import type { RunRow } from '../../wire';
import { useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';
import { byName } from './Tables';

/** Set a tag; null takes it away. */
export type SetTag = (key: string, value: string | null) => void;

/** The tags that people gave, which can be added, changed and taken away. */
export function TagsTable(props: {
  run: RunRow;
  entries: readonly [string, string][];
  onTag: SetTag | null;
}): JSX.Element {
  const { run, entries, onTag } = props;
  const trans = useTrans();
  return (
    <>
      <table className="jp-tracker-pairs jp-tracker-tags">
        <tbody>
          {byName(entries).map(([key, value]) => (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td
                data-kind="tag"
                data-key={key}
                data-run-id={run.run_id}
                data-value={value}
              >
                {onTag ? (
                  <TagValue name={key} value={value} onTag={onTag} />
                ) : (
                  value
                )}
              </td>
              {onTag && (
                <td className="jp-tracker-tag-remove">
                  <IconButton
                    icon="cross"
                    size={12}
                    label={trans.__('Remove the tag %1', key)}
                    title={trans.__('Remove')}
                    onClick={() => onTag(key, null)}
                  />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {onTag && <NewTag onTag={onTag} />}
    </>
  );
}

function TagValue(props: {
  name: string;
  value: string;
  onTag: SetTag;
}): JSX.Element {
  const { name, value, onTag } = props;
  const trans = useTrans();
  const keep = (input: HTMLInputElement) => {
    if (input.value !== value) {
      onTag(name, input.value);
    }
  };
  return (
    <input
      // Another value from elsewhere takes the place of the one that was read.
      key={value}
      className="jp-tracker-tag-input"
      aria-label={trans.__('Value of the tag %1', name)}
      defaultValue={value}
      onBlur={event => keep(event.target)}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          keep(event.currentTarget);
        } else if (event.key === 'Escape') {
          event.currentTarget.value = value;
        }
      }}
    />
  );
}

function NewTag(props: { onTag: SetTag }): JSX.Element {
  const trans = useTrans();
  const [key, setKey] = React.useState('');
  const [value, setValue] = React.useState('');
  return (
    <form
      className="jp-tracker-new-tag"
      onSubmit={event => {
        event.preventDefault();
        if (key.trim() !== '') {
          props.onTag(key.trim(), value);
          setKey('');
          setValue('');
        }
      }}
    >
      <input
        aria-label={trans.__('Name of a new tag')}
        placeholder={trans.__('New tag')}
        value={key}
        onChange={event => setKey(event.target.value)}
      />
      <input
        aria-label={trans.__('Value of the new tag')}
        placeholder={trans.__('value')}
        value={value}
        onChange={event => setValue(event.target.value)}
      />
      <IconButton
        type="submit"
        icon="plus"
        size={14}
        label={trans.__('Add the tag')}
        disabled={key.trim() === ''}
      />
    </form>
  );
}
