import * as React from 'react';

import type { CompareModel } from '../../models/compare';
import { groupingsOf, groupOf } from '../../models/groups';
import type { View } from '../../models/preferences';
import type { RunRow } from '../../wire';
import { toNumber } from '../../wire';
import { Icon } from '../common/icons';
import { useColors, useSignal, useTrans } from '../common/context';
import { Plot } from './Plot';
import { useTheme } from './theme';
import {
  barHeight,
  barLayout,
  barTraces,
  curveLayout,
  curveTraces,
  groupTraces
} from './traces';
import type { Figure, FigureActions } from './figure';
import type { Size } from './frame';
import type { Curve, GroupedCurve } from './traces';

const LOWEST = 220;
const HIGHEST = 340;
const SHARE_OF_PAGE = 0.24;
/** How large a figure is that is taken out of the page. */
const FIGURE_SIZE: Size = { width: 900, height: 520 };

/** One metric of all runs that are drawn: curves, or bars where each run has a single point. */
export const MetricChart = React.memo(function MetricChart(props: {
  model: CompareModel;
  metric: string;
  runs: readonly RunRow[];
  view: View;
  emphasis: string | null;
  isLarge: boolean;
  onLarge: (metric: string | null) => void;
  actions?: FigureActions;
}) {
  const { model, metric, isLarge } = props;
  const trans = useTrans();
  const card = React.useRef<HTMLElement>(null);
  const figure = React.useRef<() => Figure>(noFigure);
  const isShown = useShown(card, model, metric);
  const runs = props.runs.filter(run => run.metrics[metric]);
  const isScalar = runs.every(run => run.metrics[metric].count === 1);
  const usual = isLarge ? 2 * usualHeight() : usualHeight();
  const height = isScalar ? barHeight(runs.length) : usual;
  const label = isLarge
    ? trans.__('Make the chart of %1 smaller', metric)
    : trans.__('Make the chart of %1 larger', metric);

  return (
    <section
      ref={card}
      className="jp-tracker-chart"
      data-large={isLarge}
      data-key={metric}
      aria-label={trans.__('Chart of %1', metric)}
    >
      <header>
        <h3 title={metric}>{metric}</h3>
        {isShown && props.actions?.(() => figure.current())}
        <button
          type="button"
          className="jp-tracker-icon-button"
          aria-label={label}
          title={label}
          onClick={() => props.onLarge(isLarge ? null : metric)}
        >
          <Icon name={isLarge ? 'shrink' : 'expand'} size={14} />
        </button>
      </header>
      {!isShown ? (
        <div style={{ height }} />
      ) : isScalar ? (
        <Bars {...props} runs={runs} height={height} figure={figure} />
      ) : (
        <Curves {...props} runs={runs} height={height} figure={figure} />
      )}
    </section>
  );
});

/** Charts grow with the screen, within reason. */
function usualHeight(): number {
  const wished = Math.round(window.innerHeight * SHARE_OF_PAGE);
  return Math.min(Math.max(wished, LOWEST), HIGHEST);
}

interface ChartProps {
  model: CompareModel;
  metric: string;
  runs: readonly RunRow[];
  view: View;
  emphasis: string | null;
  height: number;
  /** Where the chart puts what returns it as a figure. */
  figure: React.MutableRefObject<() => Figure>;
}

/** What a chart that was not drawn yet looks like. */
function noFigure(): Figure {
  return { name: '', data: [], layout: {} };
}

function Curves(props: ChartProps): JSX.Element {
  const { model, metric, runs, view, emphasis } = props;
  const trans = useTrans();
  const theme = useTheme();
  useSignal(model.series.changed);
  const looks = useLooks(runs);
  const series = useStable(
    runs.map(run => model.series.get(run.run_id, metric))
  );
  const groups = useGroups(runs, view.groupBy);
  const draw = React.useCallback(
    (size: Size) => {
      const names = {
        step: trans.__('step'),
        relative: trans.__('time since start'),
        wall: trans.__('time')
      };
      const curves = looks.flatMap((look, i): Curve[] => {
        const points = series[i];
        return points ? [{ ...look, series: points }] : [];
      });
      if (groups === null) {
        return {
          data: curveTraces(curves, view, emphasis),
          layout: curveLayout(theme, view, curves, names, size)
        };
      }
      const xAxis = view.xAxis === 'step' ? 'step' : 'relative';
      const look = { ...view, xAxis } as const;
      return {
        data: groupTraces(grouped(curves, groups), look),
        layout: curveLayout(theme, look, curves, names, size)
      };
    },
    [looks, series, view, groups, emphasis, theme, trans]
  );
  props.figure.current = () => ({ name: metric, ...draw(FIGURE_SIZE) });
  return (
    <Plot
      label={trans.__('Curves of %1 for %2 runs', metric, runs.length)}
      height={props.height}
      draw={draw}
    />
  );
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

function grouped(
  curves: readonly Curve[],
  groups: ReadonlyMap<string, string>
): GroupedCurve[] {
  return curves.map(curve => ({
    ...curve,
    group: groups.get(curve.runId) ?? ''
  }));
}

function Bars(props: ChartProps): JSX.Element {
  const { metric, runs, emphasis } = props;
  const trans = useTrans();
  const theme = useTheme();
  const looks = useLooks(runs);
  const values = useStable(runs.map(run => toNumber(run.metrics[metric].last)));
  const draw = React.useCallback(
    (size: Size) => {
      const bars = looks.map((look, i) => ({ ...look, value: values[i] }));
      return {
        data: barTraces(bars, emphasis, theme, size),
        layout: barLayout(theme, bars, size)
      };
    },
    [looks, values, emphasis, theme]
  );
  props.figure.current = () => ({ name: metric, ...draw(FIGURE_SIZE) });
  return (
    <Plot
      label={trans.__('Bars of %1 for %2 runs', metric, runs.length)}
      height={props.height}
      draw={draw}
    />
  );
}

/** Return how runs look in a chart: the same objects while nothing of it changes. */
function useLooks(runs: readonly RunRow[]) {
  const colors = useColors();
  const looks = runs.map(run => ({
    runId: run.run_id,
    name: run.run_name,
    start: run.start_time,
    color: colors.colorOf(run.run_id)
  }));
  const kept = React.useRef(looks);
  if (JSON.stringify(looks) !== JSON.stringify(kept.current)) {
    kept.current = looks;
  }
  return kept.current;
}

/** Return the same array as before while its items are the same. */
function useStable<T>(items: T[]): T[] {
  const kept = React.useRef(items);
  const isSame =
    kept.current.length === items.length &&
    items.every((item, i) => Object.is(item, kept.current[i]));
  if (!isSame) {
    kept.current = items;
  }
  return kept.current;
}

/** Whether the card is near the screen; only then its points are read and drawn. */
function useShown(
  card: React.RefObject<HTMLElement>,
  model: CompareModel,
  metric: string
): boolean {
  const [isShown, setShown] = React.useState(false);
  React.useEffect(() => {
    if (!card.current) {
      return;
    }
    const observer = new IntersectionObserver(
      entries => setShown(entries[entries.length - 1].isIntersecting),
      { rootMargin: '300px' }
    );
    observer.observe(card.current);
    return () => observer.disconnect();
  }, [card]);
  React.useEffect(() => {
    model.setShown(metric, isShown);
    return () => model.setShown(metric, false);
  }, [model, metric, isShown]);
  return isShown;
}
