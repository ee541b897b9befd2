import * as React from 'react';

import { formatBytes } from '../../format';
import type { RunFiles } from '../../models/files/runFiles';
import { TextSearch } from '../../models/files/textSearch';
import type { TextState } from '../../models/files/textWindow';
import { useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';

const DELAY = 300;

/** Return what looks for texts in a file. */
export function useSearch(files: RunFiles, path: string): TextSearch {
  const search = React.useMemo(
    () =>
      new TextSearch((text, offset, signal) =>
        files.find(path, text, offset, signal)
      ),
    [files, path]
  );
  React.useEffect(() => () => search.dispose(), [search]);
  return search;
}

/** What one does with a text: search, wrap, go to its ends, follow what is written. */
export function TextBar(props: {
  search: TextSearch;
  state: TextState;
  wraps: boolean;
  onWrap: (wraps: boolean) => void;
  /** Whether the end is kept in view; null where nothing is written any more. */
  follows: boolean | null;
  isGrowing: boolean;
  onFollow: (follows: boolean) => void;
  onStart: () => void;
  onEnd: () => void;
}): JSX.Element {
  const { search, state, wraps, follows } = props;
  const trans = useTrans();
  return (
    <div
      className="jp-tracker-viewer-bar"
      role="toolbar"
      aria-label={trans.__('Text')}
    >
      <SearchBox search={search} />
      <button
        type="button"
        className="jp-tracker-button"
        aria-pressed={wraps}
        onClick={() => props.onWrap(!wraps)}
      >
        {trans.__('Wrap')}
      </button>
      {follows !== null && props.isGrowing && (
        <button
          type="button"
          className="jp-tracker-button"
          aria-pressed={follows}
          onClick={() => props.onFollow(!follows)}
        >
          {trans.__('Follow')}
        </button>
      )}
      <IconButton
        icon="up"
        size={14}
        label={trans.__('Jump to the start')}
        title={trans.__('Jump to the start (Home)')}
        onClick={props.onStart}
      />
      <IconButton
        icon="down"
        size={14}
        label={trans.__('Jump to the end')}
        title={trans.__('Jump to the end (End)')}
        onClick={props.onEnd}
      />
      <small>{formatBytes(state.size)}</small>
    </div>
  );
}

function SearchBox(props: { search: TextSearch }): JSX.Element {
  const { search } = props;
  const trans = useTrans();
  const [text, setText] = React.useState('');
  const { state } = search;
  React.useEffect(() => {
    if (text === search.state.text) {
      return;
    }
    const timer = window.setTimeout(() => void search.look(text), DELAY);
    return () => window.clearTimeout(timer);
  }, [search, text]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      if (text !== search.state.text) {
        void search.look(text);
      } else {
        search.step(event.shiftKey ? -1 : 1);
      }
    } else if (event.key === 'Escape' && text !== '') {
      event.stopPropagation();
      setText('');
    }
  };
  const count = state.found.length.toLocaleString();
  return (
    <span className="jp-tracker-text-search" role="search">
      <input
        type="search"
        aria-label={trans.__('Search the text')}
        placeholder={trans.__('Search')}
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {state.text !== '' && (
        <>
          <output>
            {state.error
              ? state.error.message
              : state.found.length > 0
                ? `${(state.index + 1).toLocaleString()} / ${count}${state.isComplete ? '' : '+'}`
                : state.isLoading
                  ? '…'
                  : trans.__('none')}
          </output>
          <IconButton
            icon="up"
            size={12}
            label={trans.__('Previous match')}
            title={trans.__('Previous match (Shift+Enter)')}
            disabled={state.found.length === 0}
            onClick={() => search.step(-1)}
          />
          <IconButton
            icon="down"
            size={12}
            label={trans.__('Next match')}
            title={trans.__('Next match (Enter)')}
            disabled={state.found.length === 0}
            onClick={() => search.step(1)}
          />
        </>
      )}
    </span>
  );
}
