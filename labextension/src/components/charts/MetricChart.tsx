import * as React from 'react';

import type { CompareModel } from '../../models/compare/compare';
import type { View } from '../../models/views/preferences';
import type { RunRow } from '../../wire';
import { useSignal, useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';
import { barHeight } from './bars';
import { Bars } from './Bars';
import { ChartMoves, useMoves } from './ChartMoves';
import { ChartMetrics, ChartOptions } from './ChartOptions';
import { Curves } from './Curves';
import type { Figure, FigureActions } from './figure';
import { useLinks } from './links';

const LOWEST = 220;
const HIGHEST = 340;
const SHARE_OF_PAGE = 0.24;
const USUAL_WIDTH = 340;
const NO_OTHERS: readonly string[] = [];

interface MetricChartProps {
  model: CompareModel;
  metric: string;
  /** Metrics that are drawn in the same chart. */
  others?: readonly string[];
  runs: readonly RunRow[];
  view: View;
  emphasis: string | null;
  isLarge: boolean;
  onLarge: (metric: string | null) => void;
  actions?: FigureActions;
  /** All metrics, of which others can be drawn in this chart. */
  keys?: readonly string[];
  /** Lets the chart be pinned and combined. */
  onView?: (change: Partial<View>) => void;
  /** The charts that stand beside it, itself among them. */
  siblings?: readonly string[];
  /** Puts a chart to the place of another one. */
  onMove?: (metric: string, target: string) => void;
}

/** One metric of all runs that are drawn: curves, or bars where each run has a single point. */
export const MetricChart = React.memo(function MetricChart(
  props: MetricChartProps
) {
  const { model, metric, isLarge, others = NO_OTHERS } = props;
  const trans = useTrans();
  const card = React.useRef<HTMLElement>(null);
  const figure = React.useRef<() => Figure>(noFigure);
  const metrics = React.useMemo(() => [metric, ...others], [metric, others]);
  const isShown = useShown(card, model, metrics);
  const runs = props.runs.filter(run => metrics.some(key => run.metrics[key]));
  const isScalar =
    others.length === 0 && runs.every(run => run.metrics[metric].count === 1);
  const height = isScalar
    ? barHeight(runs.length)
    : heightOf(props.view.chartWidth, isLarge);
  const chart = { ...props, metrics, runs, height, figure };
  const moves = useMoves(card, props);

  return (
    <section
      ref={card}
      className="jp-tracker-chart"
      data-large={isLarge}
      data-key={metric}
      aria-label={trans.__('Chart of %1', metrics.join(', '))}
      {...moves?.target}
    >
      <header>
        <h3
          title={
            moves
              ? trans.__(
                  '%1 (drag, or Alt and arrows, to move)',
                  metrics.join('\n')
                )
              : metrics.join('\n')
          }
          {...moves?.handle}
        >
          {metric}
        </h3>
        {isShown && !isScalar && <ResetZoom chart={metric} />}
        {isShown && props.actions?.(() => figure.current(), metrics)}
        {props.onView && (
          <ChartOptions
            metric={metric}
            others={others}
            keys={props.keys ?? NO_OTHERS}
            view={props.view}
            onView={props.onView}
          />
        )}
        {moves && <ChartMoves metric={metric} moves={moves} />}
        <Enlarge {...props} />
      </header>
      {others.length > 0 && <ChartMetrics {...props} others={others} />}
      {!isShown ? (
        <div style={{ height }} />
      ) : isScalar ? (
        <Bars {...chart} />
      ) : (
        <Curves {...chart} />
      )}
    </section>
  );
});

function Enlarge(props: MetricChartProps): JSX.Element {
  const { metric, isLarge, onLarge } = props;
  const trans = useTrans();
  const label = isLarge
    ? trans.__('Make the chart of %1 smaller', metric)
    : trans.__('Make the chart of %1 larger', metric);
  return (
    <IconButton
      icon={isLarge ? 'shrink' : 'expand'}
      size={14}
      label={label}
      onClick={() => onLarge(isLarge ? null : metric)}
    />
  );
}

/** Shows everything again, where a part of the chart is shown. */
function ResetZoom(props: { chart: string }): JSX.Element | null {
  const trans = useTrans();
  const links = useLinks();
  useSignal(links.zoomed);
  const { x, y } = links.zoomOf(props.chart);
  const label = trans.__('Show all of %1', props.chart);
  return x || y ? (
    <IconButton
      className="jp-tracker-reset-zoom"
      icon="restore"
      size={14}
      label={label}
      title={trans.__('Show everything (double click)')}
      onClick={() => links.reset(props.chart)}
    />
  ) : null;
}

/** Return what an element scrolls in: a margin counts around that only. */
function scrollerOf(node: Element): Element | null {
  let parent = node.parentElement;
  while (parent && !/auto|scroll/.test(getComputedStyle(parent).overflowY)) {
    parent = parent.parentElement;
  }
  return parent;
}

/** What a chart that was not drawn yet looks like. */
function noFigure(): Figure {
  return { name: '', data: [], layout: {} };
}

/** Charts grow with the screen and with the width that is wished for them, within reason. */
function heightOf(chartWidth: number, isLarge: boolean): number {
  const wished = Math.round(window.innerHeight * SHARE_OF_PAGE);
  const usual = Math.min(Math.max(wished, LOWEST), HIGHEST);
  const height = usual * Math.sqrt(chartWidth / USUAL_WIDTH);
  return Math.round(isLarge ? 2 * usual : height);
}

/** Whether the card is near the screen; only then its points are read and drawn. */
function useShown(
  card: React.RefObject<HTMLElement>,
  model: CompareModel,
  metrics: readonly string[]
): boolean {
  const [isShown, setShown] = React.useState(false);
  React.useEffect(() => {
    if (!card.current) {
      return;
    }
    const observer = new IntersectionObserver(
      entries => setShown(entries[entries.length - 1].isIntersecting),
      { root: scrollerOf(card.current), rootMargin: '300px' }
    );
    observer.observe(card.current);
    return () => observer.disconnect();
  }, [card]);
  React.useEffect(() => {
    if (!isShown) {
      return;
    }
    const holds = metrics.map(metric => model.hold(metric));
    return () => holds.forEach(hold => hold.dispose());
  }, [model, metrics, isShown]);
  return isShown;
}
