import * as React from 'react';

import type { ApiError } from '../../errors';
import { wordAt, withoutColumn } from '../../filter';
import type { CompletionModel } from '../../models/list/completion';
import type { RecentFilters } from '../../models/list/recentFilters';
import { useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';
import { Icon } from '../common/icons';
import { FilterHelp } from './FilterHelp';
import { FilterPopup, optionId } from './FilterPopup';
import { useFilterText } from './useFilterText';

const CONTEXT = 24;

/** What the filter needs and tells. */
export interface FilterBoxProps {
  value: string;
  error: ApiError | null;
  /** What means the store on the wire. */
  folder: string;
  /** Another object for each time that the cursor is to come here. */
  asked: object | null;
  completion: CompletionModel;
  recent: RecentFilters;
  onChange: (filter: string) => void;
}

/** Where one types what to search for; an error is shown under the word that is wrong. */
export function FilterBox(props: FilterBoxProps): JSX.Element {
  const { value, error, completion, recent } = props;
  const trans = useTrans();
  const input = React.useRef<HTMLInputElement>(null);
  const edit = useFilterText(props, input);
  const { asked } = props;
  React.useEffect(() => {
    if (asked) {
      input.current?.focus();
    }
  }, [asked]);
  const { typed, isOpen, active, offers } = edit;
  const [isHelp, setHelp] = React.useState(false);
  const errorId = React.useId();
  const listId = React.useId();
  const helpId = React.useId();
  // Who is still typing is not told that something is missing at the end.
  const isAtEnd = (error?.column ?? 0) > value.trimEnd().length;
  const shown = error && !(isAtEnd && edit.isFocused) ? error : null;
  const selectWord = () => {
    if (input.current && error?.column) {
      input.current.focus();
      input.current.setSelectionRange(...wordAt(value, error.column));
    }
  };
  return (
    <div className="jp-tracker-filter">
      <div className="jp-tracker-filter-box" data-invalid={shown !== null}>
        <Icon name="search" />
        <input
          ref={input}
          type="text"
          role="combobox"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          aria-label={trans.__('Filter runs')}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-expanded={isOpen && offers.length > 0}
          aria-controls={listId}
          aria-activedescendant={
            active < 0 ? undefined : optionId(listId, active)
          }
          aria-invalid={shown !== null}
          aria-describedby={shown ? errorId : undefined}
          placeholder={trans.__('Name, or metrics.loss < 0.5')}
          value={typed}
          onChange={edit.onChange}
          onClick={edit.onMove}
          onFocus={() => {
            setHelp(false);
            edit.onFocus();
          }}
          onBlur={edit.onBlur}
          onKeyDown={edit.onKeyDown}
        />
        {typed !== '' && (
          <IconButton
            icon="cross"
            size={14}
            label={trans.__('Clear filter')}
            onClick={() => edit.put('', 0)}
          />
        )}
        <IconButton
          icon="help"
          size={14}
          label={trans.__('How to filter')}
          aria-expanded={isHelp}
          aria-controls={isHelp ? helpId : undefined}
          onClick={() => {
            void completion.suggest(props.folder, typed, typed.length);
            setHelp(!isHelp);
          }}
          onKeyDown={event => {
            if (event.key === 'Escape' && isHelp) {
              event.stopPropagation();
              setHelp(false);
            }
          }}
        />
      </div>
      {offers.length > 0 && (
        <FilterPopup
          id={listId}
          offers={offers}
          active={active}
          onChoose={edit.choose}
        />
      )}
      {isHelp && (
        <FilterHelp
          id={helpId}
          fields={completion.fields}
          onTry={filter => {
            setHelp(false);
            recent.add(filter);
            edit.put(filter, filter.length, false);
          }}
        />
      )}
      {shown && (
        <div id={errorId} className="jp-tracker-filter-error" role="alert">
          <button
            type="button"
            className="jp-tracker-filter-excerpt"
            title={trans.__('Select the word in the filter')}
            onClick={selectWord}
          >
            <Excerpt text={value} column={shown.column ?? 1} />
          </button>
          <span>{withoutColumn(shown.message)}</span>
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
