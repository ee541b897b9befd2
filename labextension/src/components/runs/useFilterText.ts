import * as React from 'react';

import { withSuggestion } from '../../models/list/suggestions';
import type { FilterBoxProps } from './FilterBox';
import type { Offer } from './FilterPopup';
import { useOffers } from './useOffers';

const DEBOUNCE = 250;
/** The beginning of a condition: no name of a run that one looks for. */
const BEGINNING =
  /^\s*(?:metrics?|params?|tags?|attributes?|datasets?)\.\S*\s*$/;

/** What is being typed into the filter, the list below it, and what keys do. */
export function useFilterText(
  props: FilterBoxProps,
  input: React.RefObject<HTMLInputElement | null>
) {
  const { value, error, folder, completion, recent, onChange } = props;
  const [typed, setTyped] = React.useState(value);
  const [isOpen, setOpen] = React.useState(false);
  const [isFocused, setFocused] = React.useState(false);
  const [active, setActive] = React.useState(-1);
  const cursor = React.useRef<number | null>(null);
  const timer = React.useRef(0);
  const offers = useOffers(completion, recent, typed, isOpen);
  React.useEffect(() => setTyped(value), [value]);
  React.useEffect(() => () => window.clearTimeout(timer.current), []);
  React.useEffect(() => setActive(-1), [offers]);
  React.useLayoutEffect(() => {
    if (cursor.current !== null) {
      input.current?.setSelectionRange(cursor.current, cursor.current);
      cursor.current = null;
    }
  });

  const submit = (text: string, delay: number) => {
    setTyped(text);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onChange(text), delay);
  };
  const suggest = (text: string, at: number, open = true) => {
    setOpen(open);
    void completion.suggest(folder, text, at);
  };
  /** Write a filter, with the cursor at a place. */
  const put = (text: string, at: number, open = true) => {
    input.current?.focus();
    cursor.current = at;
    submit(text, 0);
    suggest(text, at, open);
  };
  const choose = (offer: Offer) => {
    if (offer.recent !== null) {
      recent.add(offer.recent);
      put(offer.recent, offer.recent.length, false);
    } else if (completion.spot) {
      const after = withSuggestion(typed, completion.spot, offer.suggestion);
      cursor.current = after.cursor;
      setTyped(after.text);
      window.clearTimeout(timer.current);
      if (!BEGINNING.test(after.text)) {
        submit(after.text, DEBOUNCE);
      }
      suggest(after.text, after.cursor);
    }
  };
  const onEnter = () => {
    if (active >= 0) {
      choose(offers[active]);
    } else {
      submit(typed, 0);
      recent.add(typed);
      setOpen(false);
    }
  };
  const onEscape = (event: React.KeyboardEvent) => {
    if (offers.length > 0) {
      event.stopPropagation();
      setOpen(false);
    } else if (typed !== '') {
      event.stopPropagation();
      put('', 0, false);
    }
  };
  const onArrow = (event: React.KeyboardEvent, step: number) => {
    event.preventDefault();
    if (offers.length === 0) {
      suggest(typed, input.current?.selectionStart ?? typed.length);
      return;
    }
    // Beyond both ends lies the text itself.
    const places = offers.length + 1;
    setActive(((active + 1 + step + places) % places) - 1);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    switch (event.key) {
      case 'ArrowDown':
        return onArrow(event, 1);
      case 'ArrowUp':
        return onArrow(event, -1);
      case 'Enter':
        event.preventDefault();
        return onEnter();
      case 'Escape':
        return onEscape(event);
      case 'Tab':
        if (!event.shiftKey && offers.length > 0 && typed !== '') {
          event.preventDefault();
          choose(offers[Math.max(active, 0)]);
        }
    }
  };
  return {
    typed,
    isOpen,
    isFocused,
    active,
    offers,
    put,
    choose,
    onKeyDown,
    onChange: ({ target }: React.ChangeEvent<HTMLInputElement>) => {
      const text = target.value;
      setTyped(text);
      window.clearTimeout(timer.current);
      if (!BEGINNING.test(text)) {
        submit(text, DEBOUNCE);
      }
      suggest(text, target.selectionStart ?? text.length);
    },
    /** The cursor may stand elsewhere now. */
    onMove: () => suggest(typed, input.current?.selectionStart ?? typed.length),
    onFocus: () => {
      setFocused(true);
      suggest(typed, input.current?.selectionStart ?? typed.length);
    },
    onBlur: () => {
      setFocused(false);
      setOpen(false);
      if (error === null) {
        recent.add(value);
      }
    }
  };
}
