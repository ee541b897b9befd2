import * as React from 'react';

import type { ApiError } from '../../errors';
import { wordAt, withoutColumn } from '../../filter';
import { Icon } from '../common/icons';
import { useTrans } from '../common/context';

const DEBOUNCE = 250;
const CONTEXT = 24;

/** Where one types what to search for; an error is shown under the word that is wrong. */
export function FilterBox(props: {
  value: string;
  error: ApiError | null;
  onChange: (filter: string) => void;
}): JSX.Element {
  const { value, error, onChange } = props;
  const trans = useTrans();
  const input = React.useRef<HTMLInputElement>(null);
  const [typed, setTyped] = React.useState(value);
  const timer = React.useRef(0);
  const errorId = React.useId();

  const submit = (text: string, delay: number) => {
    setTyped(text);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onChange(text), delay);
  };
  React.useEffect(() => setTyped(value), [value]);
  React.useEffect(() => () => window.clearTimeout(timer.current), []);

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') {
      submit(typed, 0);
    } else if (event.key === 'Escape' && typed !== '') {
      event.stopPropagation();
      submit('', 0);
    }
  };
  const clear = () => {
    submit('', 0);
    input.current?.focus();
  };
  const selectWord = () => {
    if (input.current && error?.column) {
      input.current.focus();
      input.current.setSelectionRange(...wordAt(value, error.column));
    }
  };

  return (
    <div className="jp-tracker-filter">
      <div className="jp-tracker-filter-box" data-invalid={error !== null}>
        <Icon name="search" />
        <input
          ref={input}
          type="text"
          role="searchbox"
          spellCheck={false}
          autoComplete="off"
          aria-label={trans.__('Filter runs')}
          aria-invalid={error !== null}
          aria-describedby={error ? errorId : undefined}
          placeholder={trans.__('Name, or metrics.loss < 0.5')}
          title={trans.__(
            "Words search the names of runs. Or write a filter:\nmetrics.loss < 0.5 AND params.model = 'ridge'\nattributes.status = 'FAILED' · tags.stage IS NOT NULL"
          )}
          value={typed}
          onChange={event => submit(event.target.value, DEBOUNCE)}
          onKeyDown={onKeyDown}
        />
        {typed !== '' && (
          <button
            type="button"
            className="jp-tracker-icon-button"
            aria-label={trans.__('Clear filter')}
            title={trans.__('Clear filter')}
            onClick={clear}
          >
            <Icon name="cross" size={14} />
          </button>
        )}
      </div>
      {error && (
        <div id={errorId} className="jp-tracker-filter-error" role="alert">
          <button
            type="button"
            className="jp-tracker-filter-excerpt"
            title={trans.__('Select the word in the filter')}
            onClick={selectWord}
          >
            <Excerpt text={value} column={error.column ?? 1} />
          </button>
          <span>{withoutColumn(error.message)}</span>
        </div>
      )}
    </div>
  );
}

/** The part of the filter around the word that is wrong, with that word marked. */
function Excerpt(props: { text: string; column: number }): JSX.Element {
  const { text, column } = props;
  const [start, end] = wordAt(text, column);
  const from = Math.max(0, start - CONTEXT);
  const until = Math.min(text.length, end + CONTEXT);
  return (
    <code>
      {from > 0 && '…'}
      {text.slice(from, start)}
      <mark>{text.slice(start, end) || '␣'}</mark>
      {text.slice(end, until)}
      {until < text.length && '…'}
    </code>
  );
}
