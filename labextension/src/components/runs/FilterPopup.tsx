import * as React from 'react';

import type { Suggestion } from '../../models/list/suggestions';
import { useTrans } from '../common/context';

/** An entry of the list below the filter: a filter used before, or what fits the cursor. */
export type Offer =
  | { readonly recent: string }
  | { readonly recent: null; readonly suggestion: Suggestion };

/** What can be typed next, chosen by the keyboard of the filter or by the mouse. */
export function FilterPopup(props: {
  id: string;
  offers: readonly Offer[];
  /** The place of the entry that Enter takes; -1 for none. */
  active: number;
  onChoose: (offer: Offer) => void;
}): JSX.Element {
  const { id, offers, active, onChoose } = props;
  const trans = useTrans();
  const list = React.useRef<HTMLUListElement>(null);
  React.useEffect(() => {
    list.current
      ?.querySelector('[aria-selected="true"]')
      ?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div className="jp-tracker-offers">
      <ul
        ref={list}
        id={id}
        role="listbox"
        aria-label={trans.__('What can be filtered by')}
      >
        {offers.map((offer, place) => (
          <li
            key={offer.recent ?? `${place} ${offer.suggestion.label}`}
            id={optionId(id, place)}
            role="option"
            className="jp-tracker-offer"
            aria-selected={place === active}
            title={offer.recent ?? undefined}
            // The cursor stays in the filter.
            onMouseDown={event => event.preventDefault()}
            onClick={() => onChoose(offer)}
          >
            {offer.recent !== null ? (
              <>
                <code>{offer.recent}</code>
                <small>{trans.__('recent')}</small>
              </>
            ) : (
              <Offered suggestion={offer.suggestion} />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Return the id of an entry, which the filter names as the active one. */
export function optionId(listId: string, place: number): string {
  return `${listId}-${place}`;
}

function Offered({ suggestion }: { suggestion: Suggestion }): JSX.Element {
  const trans = useTrans();
  const { kind, label, runs, note } = suggestion;
  // The beginning tells the kind, and the rest is what one looks for.
  const dot = label.indexOf('.') + 1;
  const isName = !['operator', 'value', 'join'].includes(kind);
  return (
    <>
      <code>
        {isName && (
          <span className="jp-tracker-offer-prefix">{label.slice(0, dot)}</span>
        )}
        {isName ? label.slice(dot) : label}
      </code>
      <small>
        {note !== null && noteName(note, trans)}
        {note === null &&
          runs !== null &&
          (runs >= 1_000
            ? trans.__('1,000+ runs')
            : trans._n('%1 run', '%1 runs', runs))}
      </small>
    </>
  );
}

function noteName(
  note: NonNullable<Suggestion['note']>,
  trans: ReturnType<typeof useTrans>
): string {
  const names = {
    min: trans.__('smallest'),
    q1: trans.__('a quarter is below'),
    median: trans.__('median'),
    q3: trans.__('a quarter is above'),
    max: trans.__('largest')
  };
  return names[note];
}
