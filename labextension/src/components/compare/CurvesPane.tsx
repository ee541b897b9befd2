import * as React from 'react';

import type { CompareModel } from '../../models/compare/compare';
import { chartKeys } from '../../models/runs/metrics';
import { metricSearch } from '../../models/charts/metricSearch';
import { inOrder, moveChart, movePinned } from '../../models/views/chartOrder';
import type { View } from '../../models/views/preferences';
import type { Section } from '../../models/charts/sections';
import { chartsOf, sectionsOf } from '../../models/charts/sections';
import type { RunRow } from '../../wire';
import type { FigureActions } from '../charts/figure';
import { LinksProvider } from '../charts/links';
import { useChartLinks } from '../charts/useChartLinks';
import { useTrans } from '../common/context';
import { EmptyState } from '../common/message';
import { ChartSection } from './ChartSection';
import { MetricSearchBox } from './MetricSearchBox';

const LOG_METRIC = "tracker.log_metric('loss', value, step=i)";
/** As few charts as this are found without searching. */
const FEW = 4;

interface CurvesPaneProps {
  model: CompareModel;
  runs: readonly RunRow[];
  view: View;
  emphasis: string | null;
  /** Leave out metrics of a single point. */
  curvesOnly?: boolean;
  /** What each chart offers beside its name. */
  actions?: FigureActions;
  /** Lets charts be pinned, folded and combined, where the view can be changed. */
  onView?: (change: Partial<View>) => void;
}

/** One chart per metric in a grid that fits the width; curves first, single values after. */
export function CurvesPane(props: CurvesPaneProps): JSX.Element {
  const { model, view, onView } = props;
  const trans = useTrans();
  const links = useChartLinks(view, onView);
  const [large, setLarge] = React.useState<string | null>(null);
  const [text, setText] = React.useState('');
  useXMetric(model, view);
  const keys = useSame(chartKeys(model.state.runs, props.curvesOnly));
  const search = metricSearch(text);
  const found = inOrder(keys, view).filter(key => search.finds(key));
  const sections = useSame(sectionsOf(chartsOf(found, view), view));
  const onMove = React.useCallback(
    (section: Section, metric: string, target: string) =>
      onView?.(
        section.kind === 'pinned'
          ? movePinned(view, metric, target)
          : moveChart(view, keys, metric, target)
      ),
    [onView, view, keys]
  );
  if (keys.length === 0) {
    return (
      <EmptyState title={trans.__('No metrics yet')}>
        <p>{trans.__('A cell that trains logs them with:')}</p>
        <pre>{LOG_METRIC}</pre>
      </EmptyState>
    );
  }
  const style = { '--jp-tracker-chart-width': `${view.chartWidth}px` };
  return (
    <LinksProvider value={links}>
      {(keys.length > FEW || text !== '') && (
        <MetricSearchBox
          text={text}
          isBroken={search.isBroken}
          found={found.length}
          of={keys.length}
          onText={setText}
        />
      )}
      <div
        className="jp-tracker-chart-sections"
        style={style as React.CSSProperties}
      >
        {sections.map(section => (
          <ChartSection
            {...props}
            key={`${section.kind} ${section.prefix}`}
            section={section}
            keys={keys}
            large={large}
            onLarge={setLarge}
            onMove={onView && onMove}
          />
        ))}
      </div>
    </LinksProvider>
  );
}

/** Read the points of the metric that curves are drawn over. */
function useXMetric(model: CompareModel, view: View): void {
  const key = view.xAxis === 'metric' ? view.xMetric : '';
  React.useEffect(() => {
    if (key) {
      const hold = model.hold(key);
      return () => hold.dispose();
    }
    return undefined;
  }, [model, key]);
}

/** Return the same object as before while it says the same. */
function useSame<T>(value: T): T {
  const kept = React.useRef(value);
  if (JSON.stringify(kept.current) !== JSON.stringify(value)) {
    kept.current = value;
  }
  return kept.current;
}
