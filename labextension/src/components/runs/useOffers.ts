import * as React from 'react';

import type { CompletionModel } from '../../models/list/completion';
import type { RecentFilters } from '../../models/list/recentFilters';
import { useSignal } from '../common/context';
import type { Offer } from './FilterPopup';

const MOST_RECENT = 5;

/** Return what the list below the filter offers: nothing while it is closed. */
export function useOffers(
  completion: CompletionModel,
  recent: RecentFilters,
  typed: string,
  isOpen: boolean
): readonly Offer[] {
  useSignal(completion.changed);
  useSignal(recent.changed);
  const { suggestions } = completion;
  const { filters } = recent;
  return React.useMemo(() => {
    if (!isOpen) {
      return [];
    }
    const used = typed === '' ? filters.slice(0, MOST_RECENT) : [];
    return [
      ...used.map(filter => ({ recent: filter })),
      ...suggestions.map(suggestion => ({ recent: null, suggestion }))
    ];
  }, [isOpen, typed, filters, suggestions]);
}
