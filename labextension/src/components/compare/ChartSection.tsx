import * as React from 'react';

import type { CompareModel } from '../../models/compare/compare';
import type { View } from '../../models/views/preferences';
import type { Section } from '../../models/charts/sections';
import { foldId } from '../../models/charts/sections';
import type { RunRow } from '../../wire';
import type { FigureActions } from '../charts/figure';
import { MetricChart } from '../charts/MetricChart';
import { useTrans } from '../common/context';
import { Icon } from '../common/icons';

/** The charts that stand together, which can be folded. */
export function ChartSection(props: {
  model: CompareModel;
  section: Section;
  /** All metrics, of which others can be drawn in a chart. */
  keys: readonly string[];
  runs: readonly RunRow[];
  view: View;
  emphasis: string | null;
  large: string | null;
  onLarge: (metric: string | null) => void;
  actions?: FigureActions;
  onView?: (change: Partial<View>) => void;
  /** Put a chart of the section to the place of another. */
  onMove?: (section: Section, metric: string, target: string) => void;
}): JSX.Element {
  const { section, view, large, onView, onMove } = props;
  const trans = useTrans();
  const id = foldId(section);
  const isFolded = section.kind !== 'rest' && view.folded.includes(id);
  const name = {
    pinned: trans.__('Pinned'),
    prefix: section.prefix,
    rest: ''
  }[section.kind];
  const siblings = React.useMemo(
    () => section.charts.map(({ metric }) => metric),
    [section]
  );
  const move = React.useCallback(
    (metric: string, target: string) => onMove?.(section, metric, target),
    [section, onMove]
  );
  const fold = () =>
    onView?.({
      folded: isFolded
        ? view.folded.filter(one => one !== id)
        : [...view.folded, id]
    });
  return (
    <>
      {name && (
        <h2 className="jp-tracker-chart-section">
          {onView ? (
            <button type="button" aria-expanded={!isFolded} onClick={fold}>
              <Icon name="chevron" size={12} />
              {name} <small>{section.charts.length}</small>
            </button>
          ) : (
            name
          )}
        </h2>
      )}
      {!isFolded && (
        <div className="jp-tracker-charts">
          {section.charts.map(({ metric, others }) => (
            <MetricChart
              key={metric}
              model={props.model}
              metric={metric}
              others={others}
              runs={props.runs}
              view={view}
              emphasis={props.emphasis}
              isLarge={large === metric}
              onLarge={props.onLarge}
              actions={props.actions}
              keys={props.keys}
              onView={onView}
              siblings={siblings}
              onMove={onMove && move}
            />
          ))}
        </div>
      )}
    </>
  );
}
