import * as React from 'react';

import type { CompareModel } from '../../models/compare/compare';
import { chartKeys, isSystemMetric } from '../../models/runs/metrics';
import type { View } from '../../models/views/preferences';
import { inOrder, moveChart } from '../../models/views/chartOrder';
import type { RunRow } from '../../wire';
import { MetricChart } from '../charts/MetricChart';
import { useStable } from '../charts/useLooks';

/** Return the metrics of a run that have curves: of its work, or of its machine. */
export function curveKeys(run: RunRow, ofMachine: boolean): string[] {
  return chartKeys([run], true).filter(
    key => isSystemMetric(key) === ofMachine
  );
}

/** One chart for each of some metrics. */
export function RunCharts(props: {
  model: CompareModel;
  run: RunRow;
  keys: readonly string[];
  view: View;
  onView: (change: Partial<View>) => void;
}): JSX.Element {
  const { model, run, view, onView } = props;
  const [large, setLarge] = React.useState<string | null>(null);
  const runs = React.useMemo(() => [run], [run]);
  const usual = useStable(props.keys);
  const keys = useStable(inOrder(usual, view));
  const onMove = React.useCallback(
    (metric: string, target: string) =>
      onView(moveChart(view, usual, metric, target)),
    [onView, view, usual]
  );
  return (
    <div className="jp-tracker-charts">
      {keys.map(key => (
        <MetricChart
          key={key}
          model={model}
          metric={key}
          runs={runs}
          view={view}
          emphasis={null}
          isLarge={large === key}
          onLarge={setLarge}
          siblings={keys}
          onMove={onMove}
        />
      ))}
    </div>
  );
}
