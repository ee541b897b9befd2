import * as React from 'react';

import { dashOfMetric } from '../../models/charts/dashes';
import type { View } from '../../models/views/preferences';
import { combine, separate } from '../../models/charts/sections';
import { useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';
import { Icon } from '../common/icons';
import { Swatch } from './Swatch';

interface ChartOptionsProps {
  metric: string;
  /** Metrics that are drawn in the same chart. */
  others: readonly string[];
  /** All metrics that could be. */
  keys: readonly string[];
  view: View;
  onView: (change: Partial<View>) => void;
}

/** Puts a chart first, and other metrics into it. */
export function ChartOptions(props: ChartOptionsProps): JSX.Element {
  const { metric, others, keys, view, onView } = props;
  const trans = useTrans();
  const isPinned = view.pinned.includes(metric);
  const pinLabel = trans.__('Pin the chart of %1', metric);
  const addLabel = trans.__('Draw another metric in the chart of %1', metric);
  const free = keys.filter(key => key !== metric && !others.includes(key));
  return (
    <>
      {free.length > 0 && (
        <span className="jp-tracker-icon-select" title={addLabel}>
          <Icon name="plus" size={14} />
          <select
            aria-label={addLabel}
            value=""
            onChange={event =>
              onView({
                combined: combine(view.combined, metric, event.target.value)
              })
            }
          >
            <option value="" disabled>
              {trans.__('Draw in this chart too')}
            </option>
            {free.map(key => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
          </select>
        </span>
      )}
      <IconButton
        icon="pin"
        size={14}
        aria-pressed={isPinned}
        label={pinLabel}
        title={isPinned ? trans.__('Unpin') : trans.__('Pin: show it first')}
        onClick={() =>
          onView({
            pinned: isPinned
              ? view.pinned.filter(key => key !== metric)
              : [...view.pinned, metric]
          })
        }
      />
    </>
  );
}

/** The metrics of a chart of several, by the strokes of their lines. */
export function ChartMetrics(
  props: Omit<ChartOptionsProps, 'keys' | 'onView'> & {
    onView?: (change: Partial<View>) => void;
  }
): JSX.Element {
  const { metric, others, view, onView } = props;
  const trans = useTrans();
  return (
    <ul
      className="jp-tracker-chart-metrics"
      aria-label={trans.__('Metrics of the chart of %1', metric)}
    >
      {[metric, ...others].map((key, i) => (
        <li key={key}>
          <Swatch color="currentColor" dash={dashOfMetric(i)} />
          <span title={key}>{key}</span>
          {onView && i > 0 && (
            <IconButton
              icon="cross"
              size={12}
              label={trans.__('Draw %1 in a chart of its own', key)}
              title={trans.__('Draw it in a chart of its own')}
              onClick={() => onView({ combined: separate(view.combined, key) })}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
