import * as React from 'react';

import { dimensionsOf } from '../../models/runs/dimensions';
import type { RelationKind } from '../../models/views/preferences';
import { useTrans } from '../common/context';
import { EmptyState } from '../common/message';
import { BoxPane } from './BoxPane';
import { ContourPane } from './ContourPane';
import { ImportancePane } from './ImportancePane';
import { ParallelPane } from './ParallelPane';
import { ScatterPane } from './ScatterPane';
import type { PaneProps, RelationProps } from './props';

const PANES: Record<RelationKind, (props: PaneProps) => JSX.Element> = {
  parallel: ParallelPane,
  scatter: ScatterPane,
  contour: ContourPane,
  box: BoxPane,
  importance: ImportancePane
};

/** How params and metrics of runs go together. */
export function RelationsPane(
  props: RelationProps & { kind: RelationKind }
): JSX.Element {
  const { runs, kind } = props;
  const trans = useTrans();
  const dimensions = React.useMemo(() => dimensionsOf(runs), [runs]);
  const metrics = dimensions.filter(one => one.kind === 'metric');
  const params = dimensions.filter(one => one.kind === 'param');
  if (runs.length < 2) {
    return (
      <EmptyState title={trans.__('One run has nothing to be compared with')}>
        <p>{trans.__('Tick more runs in the list and compare again.')}</p>
      </EmptyState>
    );
  }
  if (metrics.length === 0 || (kind !== 'scatter' && params.length === 0)) {
    return (
      <EmptyState
        title={
          metrics.length === 0
            ? trans.__('These runs have no metrics yet')
            : trans.__('These runs do not differ in any param')
        }
      />
    );
  }
  const Pane = PANES[kind];
  return (
    <Pane
      {...props}
      dimensions={dimensions}
      params={params}
      metrics={metrics}
    />
  );
}
