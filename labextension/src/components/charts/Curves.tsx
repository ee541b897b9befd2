import * as React from 'react';

import type { CompareModel } from '../../models/compare/compare';
import type { ChartLinks } from '../../models/charts/chartLinks';
import type { CurveView } from '../../models/charts/curveView';
import { dashOfMetric } from '../../models/charts/dashes';
import type { StepRange } from '../../models/run/details';
import { isComplete, refined, stepsWithin } from '../../models/run/details';
import { groupingsOf, groupOf } from '../../models/runs/groups';
import type { RunRow } from '../../wire';
import { useSignal, useTrans } from '../common/context';
import type { ChartProps } from './chartProps';
import { CurvePlot } from './CurvePlot';
import type { Curve } from './lines';
import { linesOf, xOf } from './lines';
import { useLinks } from './links';
import { useTheme } from './theme';
import { useLooks, useStable } from './useLooks';
import { xNameOf } from './words';

/** The curves of one metric or of some, a line a run or a mean a group. */
export function Curves(props: ChartProps): JSX.Element {
  const { model, metric, metrics, runs, view, emphasis } = props;
  const trans = useTrans();
  const theme = useTheme();
  const links = useLinks();
  const groups = useGroups(runs, view.groupBy);
  const curves = useCurves(props, groups);
  useDetails(model, curves, view, metric, links);
  const xName = xNameOf(view, groups !== null, trans);
  const build = React.useCallback(() => {
    const fine = curves.map(curve => ({
      ...curve,
      series: refined(
        curve.series,
        model.details.get(curve.runId, curve.metric)
      )
    }));
    return { lines: linesOf(fine, view), view, xName, emphasis, theme };
  }, [curves, view, xName, emphasis, theme, model]);
  const label = trans.__(
    'Curves of %1 for %2 runs. Arrow keys read values, plus and minus zoom, zero shows everything.',
    metrics.join(', '),
    runs.length
  );
  return (
    <CurvePlot
      label={label}
      chart={metric}
      height={props.height}
      links={links}
      build={build}
      runs={runs}
      xName={xName}
      hasMetrics={metrics.length > 1}
      figure={props.figure}
    />
  );
}

/** Return the curves whose points were read: the same while none of it changes. */
function useCurves(
  { model, metrics, runs, view }: ChartProps,
  groups: ReadonlyMap<string, string> | null
): readonly Curve[] {
  useSignal(model.series.changed);
  useSignal(model.details.changed);
  const looks = useLooks(runs, model.state.runs);
  const keys = useStable(metrics);
  const series = useStable(
    keys.flatMap(key => runs.map(run => model.series.get(run.run_id, key)))
  );
  const isOver = view.xAxis === 'metric';
  const over = useStable(
    runs.map(({ run_id }) =>
      isOver ? model.series.get(run_id, view.xMetric) : undefined
    )
  );
  const details = useStable(
    keys.flatMap(key => runs.map(run => model.details.get(run.run_id, key)))
  );
  return React.useMemo(
    () =>
      keys.flatMap((key, at) =>
        looks.flatMap((look, i): Curve[] => {
          const points = series[at * looks.length + i];
          return points
            ? [
                {
                  ...look,
                  metric: key,
                  // Of several metrics the strokes tell which; the colour tells the run.
                  dash: keys.length > 1 ? dashOfMetric(at) : look.dash,
                  series: points,
                  over: over[i],
                  group: groups?.get(look.runId)
                }
              ]
            : [];
        })
      ),
    // Finer points are not part of the curves, but change what is drawn.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [keys, looks, series, over, groups, details]
  );
}

/** Read finer points of what the chart is zoomed to. */
function useDetails(
  model: CompareModel,
  curves: readonly Curve[],
  view: CurveView,
  chart: string,
  links: ChartLinks
): void {
  React.useEffect(() => {
    const want = () => {
      const { x } = links.zoomOf(chart);
      if (x) {
        model.details.want(curves.flatMap(curve => rangeOf(curve, view, x)));
      }
    };
    links.zoomed.connect(want);
    want();
    return () => {
      links.zoomed.disconnect(want);
    };
  }, [model, curves, view, chart, links]);
}

/** Return the steps of a curve that lie in a part of x, where not all of its points are there. */
function rangeOf(
  curve: Curve,
  view: CurveView,
  x: readonly [number, number]
): StepRange[] {
  if (isComplete(curve.series)) {
    return [];
  }
  const steps = stepsWithin(curve.series.steps, xOf(curve, view), x);
  return steps
    ? [
        {
          runId: curve.runId,
          key: curve.metric,
          start: Math.min(...steps),
          end: Math.max(...steps)
        }
      ]
    : [];
}

/** Return the group of each run by its id; null where there are none, the same while none changes. */
function useGroups(
  runs: readonly RunRow[],
  groupBy: string
): ReadonlyMap<string, string> | null {
  const trans = useTrans();
  const isGrouped = groupingsOf(runs).some(({ id }) => id === groupBy);
  const nothing = trans.__('none');
  const pairs = runs.map(run => [run.run_id, groupOf(run, groupBy) || nothing]);
  const told = JSON.stringify(isGrouped ? pairs : null);
  return React.useMemo(() => {
    const known = JSON.parse(told) as [string, string][] | null;
    return known && new Map(known);
  }, [told]);
}
