import * as React from 'react';

import type { ListColumn } from '../../models/list/listColumns';
import type { ListLayout } from '../../models/list/listLayout';
import { fittingColumns } from './columnNames';

/** Return which columns stand below each other in a list so wide, and which stay in a line. */
export function useColumns(
  layout: ListLayout,
  width: number,
  hasMetric: boolean
): { aligned: readonly ListColumn[]; inline: readonly ListColumn[] } {
  const { columns } = layout;
  const count = fittingColumns(columns, width, hasMetric);
  return React.useMemo(
    () => ({ aligned: columns.slice(0, count), inline: columns.slice(count) }),
    [columns, count]
  );
}
