import * as React from 'react';

import { useTrans } from '../common/context';

/** Lines of a table from which on it is searched. */
const LONG = 12;
/** Lines that are shown at once. */
const MANY = 200;

/** Entries of a table: those whose name or value has what is searched, and not too many at once. */
export function Filtered<T>(props: {
  entries: readonly T[];
  textOf: (entry: T) => string;
  label: string;
  children: (entries: readonly T[]) => React.ReactNode;
}): JSX.Element {
  const { entries, textOf, label } = props;
  const trans = useTrans();
  const [wanted, setWanted] = React.useState('');
  const [limit, setLimit] = React.useState(MANY);
  const sought = wanted.trim().toLowerCase();
  const found =
    sought === ''
      ? entries
      : entries.filter(entry => textOf(entry).toLowerCase().includes(sought));
  const left = found.length - limit;
  return (
    <>
      {entries.length > LONG && (
        <div className="jp-tracker-filtered">
          <input
            type="search"
            aria-label={trans.__('Search %1', label)}
            placeholder={trans.__('Search %1', label)}
            value={wanted}
            onChange={event => setWanted(event.target.value)}
          />
          <output>
            {sought === ''
              ? entries.length.toLocaleString()
              : `${found.length.toLocaleString()} / ${entries.length.toLocaleString()}`}
          </output>
        </div>
      )}
      <div
        className="jp-tracker-filtered-entries"
        // What scrolls must be reached by the keyboard.
        tabIndex={entries.length > LONG ? 0 : undefined}
      >
        {props.children(found.slice(0, limit))}
      </div>
      {found.length === 0 && (
        <p className="jp-tracker-nothing">{trans.__('Nothing matches.')}</p>
      )}
      {left > 0 && (
        <button
          type="button"
          className="jp-tracker-link"
          onClick={() => setLimit(limit + 5 * MANY)}
        >
          {trans._n('Show %1 more', 'Show %1 more', left)}
        </button>
      )}
    </>
  );
}
