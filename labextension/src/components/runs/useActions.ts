import * as React from 'react';

import type { Branch } from '../../models/list/branches';
import { stemKey } from '../../models/list/branches';
import type { Stem } from '../../models/list/branches';
import type { Order } from '../../models/list/order';
import type { RunsViewProps } from './RunsView';

/** What the parts of the view do, the same functions at each drawing. */
export function useActions(props: RunsViewProps) {
  const { model, selection, sparklines, branches, hidden, groups } = props;
  const latest = React.useRef(props);
  latest.current = props;
  return React.useMemo(
    () => ({
      onExperiment: (id: string | null) => model.setExperiment(id),
      onRefresh: () => void model.refresh(),
      onFilter: (filter: string) => model.setFilter(filter),
      onClearFilter: () => model.setFilter(''),
      onView: (view: 'active' | 'deleted') => {
        // What is ticked in one list is out of sight in the other.
        selection.clear();
        model.setScope({ view });
      },
      onNotebookOnly: (only: boolean) => model.setScope({ notebookOnly: only }),
      onFavouritesOnly: (only: boolean) =>
        model.setScope({ favouritesOnly: only }),
      onMetric: (key: string | null) => model.setMetric(key),
      onOrder: (order: Order) => model.setOrder(order),
      onShown: (first: number, last: number) => {
        // Groups stand for the list then: what is in its places is not on the screen.
        if (model.state.groupBy === '') {
          model.show({ first, last });
        }
      },
      onVisible: (runIds: readonly string[]) => sparklines.show(runIds),
      isTicked: (runId: string) => selection.has(runId),
      isHidden: (runId: string) => hidden.has(runId),
      onTick: (runIds: readonly string[], ticked: boolean) =>
        selection.setAll(runIds, ticked),
      onFold: (key: string) => branches.toggle(stemAt(key)),
      onMore: (branch: Branch) =>
        branch.error ? branches.retry(branch) : branches.loadMore(branch.stem),
      onTickGroup: (key: string) => {
        const group = groups.state.groups.find(
          ({ value }) => stemKey({ kind: 'group', value }) === key
        );
        if (group) {
          const stem: Stem = { kind: 'group', value: group.value };
          void branches.idsBelow(stem).then(ids => {
            selection.setAll(ids, !ids.every(id => selection.has(id)));
          });
        }
      },
      onHide: (runId: string, isHidden: boolean) =>
        hidden.setAll([runId], isHidden),
      onFavourite: (runId: string, isFavourite: boolean) =>
        latest.current.onFavourite([runId], isFavourite),
      onClear: () => selection.clear()
    }),
    [model, selection, sparklines, branches, hidden, groups]
  );
}

/** Return what opens below the row of a key: that of a group, or the id of a run. */
function stemAt(key: string): Stem {
  const mark = 'group:';
  return key.startsWith(mark)
    ? {
        kind: 'group',
        value: JSON.parse(key.slice(mark.length)) as string | null
      }
    : { kind: 'run', runId: key };
}
