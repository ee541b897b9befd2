import * as React from 'react';

import type { CompareModel } from '../../models/compare';
import { chartKeys } from '../../models/metrics';
import type { View } from '../../models/preferences';
import type { RunRow } from '../../wire';
import type { FigureActions } from '../charts/figure';
import { MetricChart } from '../charts/MetricChart';
import { useTrans } from '../common/context';
import { EmptyState } from '../common/message';

const LOG_METRIC = "tracker.log_metric('loss', value, step=i)";

/** One chart per metric in a grid that fits the width; curves first, single values after. */
export function CurvesPane(props: {
  model: CompareModel;
  runs: readonly RunRow[];
  view: View;
  emphasis: string | null;
  /** Leave out metrics of a single point. */
  curvesOnly?: boolean;
  /** What each chart offers beside its name. */
  actions?: FigureActions;
}): JSX.Element {
  const { model, runs, view, emphasis } = props;
  const trans = useTrans();
  const [large, setLarge] = React.useState<string | null>(null);
  const keys = chartKeys(model.state.runs, props.curvesOnly);
  if (keys.length === 0) {
    return (
      <EmptyState title={trans.__('No metrics yet')}>
        <p>{trans.__('A cell that trains logs them with:')}</p>
        <pre>{LOG_METRIC}</pre>
      </EmptyState>
    );
  }
  return (
    <div className="jp-tracker-charts">
      {keys.map(key => (
        <MetricChart
          key={key}
          model={model}
          metric={key}
          runs={runs}
          view={view}
          emphasis={emphasis}
          isLarge={large === key}
          onLarge={setLarge}
          actions={props.actions}
        />
      ))}
    </div>
  );
}
