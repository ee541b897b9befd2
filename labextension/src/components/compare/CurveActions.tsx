import * as React from 'react';

import type { CurvesFigure } from '../../models/charts/figures';
import { groupingsOf } from '../../models/runs/groups';
import type { View } from '../../models/views/preferences';
import type { RunRow } from '../../wire';
import { ChartActions } from '../charts/ChartActions';
import type { FigureActions } from '../charts/figure';
import { plotImage } from '../charts/image';

/** Return what the charts of these runs' curves are taken along as. */
export function useCurveActions(
  runs: readonly RunRow[],
  view: View
): FigureActions {
  const kept = React.useRef(runs);
  const isSame =
    kept.current.length === runs.length &&
    runs.every((run, i) => run === kept.current[i]);
  if (!isSame) {
    kept.current = runs;
  }
  const drawn = kept.current;
  return React.useCallback(
    (figure, metrics) => (
      <ChartActions
        name={metrics.join(', ')}
        figure={
          isScalar(drawn, metrics)
            ? { kind: 'bars', metric: metrics[0] }
            : curvesOf(drawn, metrics, view)
        }
        runs={drawn}
        isCompact
        image={format =>
          plotImage(size => {
            const { data, layout } = figure();
            return { data, layout: { ...layout, ...size } };
          }, format)
        }
      />
    ),
    [drawn, view]
  );
}

/** Metrics of a single point a run are drawn as bars. */
function isScalar(
  runs: readonly RunRow[],
  metrics: readonly string[]
): boolean {
  const [metric] = metrics;
  return (
    metrics.length === 1 &&
    runs.every(run => (run.metrics[metric]?.count ?? 1) === 1)
  );
}

function curvesOf(
  runs: readonly RunRow[],
  metrics: readonly string[],
  view: View
): CurvesFigure {
  const isGrouped = groupingsOf(runs).some(({ id }) => id === view.groupBy);
  const { smoothing, smoothingKind } = view;
  return {
    kind: 'curves',
    metrics,
    x: view.xAxis === 'metric' ? `metric:${view.xMetric}` : view.xAxis,
    isLogX: view.logX,
    isLogY: view.logY,
    smoothing:
      smoothing > 0 ? { kind: smoothingKind, weight: smoothing } : null,
    groupBy: isGrouped ? view.groupBy : null,
    band: view.band
  };
}
