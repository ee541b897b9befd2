import * as React from 'react';

import type { BranchesModel } from '../../models/list/branches';
import type { ListRows } from '../../models/list/listRows';
import { listRows } from '../../models/list/listRows';
import type { RunGroupsModel } from '../../models/list/runGroups';
import type { RunsState } from '../../models/list/runsState';
import { useSignal } from '../common/context';

/** Return the rows of the list, and other ones only when something of them changed. */
export function useListRows(
  state: RunsState,
  groups: RunGroupsModel,
  branches: BranchesModel
): ListRows {
  useSignal(groups.changed);
  useSignal(branches.changed);
  const { open } = branches;
  const found = groups.state.groups;
  const places = React.useRef({ list: -1, of: new Map<string, number>() });
  if (places.current.list !== state.list) {
    places.current = { list: state.list, of: new Map() };
  }
  const { runs, offset, total, children, groupBy } = state;
  return React.useMemo(
    () => listRows(state, found, open, places.current.of),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- nothing else of the state matters
    [runs, offset, total, children, groupBy, found, open]
  );
}
