import * as React from 'react';

import type { BandKind } from '../../models/charts/bands';
import type { SmoothingKind, XAxis } from '../../models/charts/curveView';
import type { Grouping } from '../../models/runs/groups';
import type { View } from '../../models/views/preferences';
import { useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { Select } from '../common/Select';
import { MoreChartControls } from './MoreChartControls';

interface ChartControlsProps {
  view: View;
  /** What the curves can be put together by. */
  groupings: readonly Grouping[];
  /** Metrics that curves can be drawn over. */
  metrics?: readonly string[];
  onView: (change: Partial<View>) => void;
}

/** How the curves are drawn: what is changed often, and the rest where it is asked for. */
export function ChartControls(props: ChartControlsProps): JSX.Element {
  const trans = useTrans();
  const [isOpen, setOpen] = React.useState(false);
  return (
    <div
      className="jp-tracker-controls"
      role="toolbar"
      aria-label={trans.__('Charts')}
    >
      <XAxisSelect {...props} />
      <Smoothing {...props} />
      <Groups {...props} />
      <button
        type="button"
        className="jp-tracker-more"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="chevron" size={12} />
        {trans.__('More')}
      </button>
      {isOpen && <MoreChartControls {...props} />}
    </div>
  );
}

const OVER = 'metric:';

function XAxisSelect(props: ChartControlsProps): JSX.Element {
  const { view, metrics = [], onView } = props;
  const trans = useTrans();
  const isOver = view.xAxis === 'metric';
  const known = isOver && !metrics.includes(view.xMetric);
  const offered = known ? [view.xMetric, ...metrics] : metrics;
  const choose = (value: string) =>
    onView(
      value.startsWith(OVER)
        ? { xAxis: 'metric', xMetric: value.slice(OVER.length) }
        : { xAxis: value as XAxis }
    );
  return (
    <label>
      {trans.__('X axis')}
      <Select
        label={trans.__('X axis')}
        value={isOver ? OVER + view.xMetric : view.xAxis}
        onChange={choose}
      >
        <option value="step">{trans.__('Step')}</option>
        <option value="relative">{trans.__('Relative time')}</option>
        <option value="wall">{trans.__('Wall time')}</option>
        {offered.length > 0 && (
          <optgroup label={trans.__('Metric')}>
            {offered.map(key => (
              <option key={key} value={OVER + key}>
                {key}
              </option>
            ))}
          </optgroup>
        )}
      </Select>
    </label>
  );
}

function Smoothing({ view, onView }: ChartControlsProps): JSX.Element {
  const trans = useTrans();
  const percent = Math.round(view.smoothing * 100);
  return (
    <>
      <label
        title={trans.__(
          'How much of the past counts; the points as logged stay visible behind it'
        )}
      >
        {trans.__('Smoothing')}
        <input
          type="range"
          min={0}
          max={99}
          step={1}
          value={percent}
          aria-label={trans.__('Smoothing')}
          aria-valuetext={`${percent} %`}
          onChange={event =>
            onView({ smoothing: Number(event.target.value) / 100 })
          }
        />
        <output>{percent === 0 ? trans.__('off') : `${percent} %`}</output>
      </label>
      {percent > 0 && (
        <Select
          label={trans.__('Kind of smoothing')}
          value={view.smoothingKind}
          onChange={kind => onView({ smoothingKind: kind as SmoothingKind })}
        >
          <option value="ema">{trans.__('Moving average (EMA)')}</option>
          <option value="centred">{trans.__('Centred average')}</option>
        </Select>
      )}
    </>
  );
}

function Groups(props: ChartControlsProps): JSX.Element | null {
  const { view, groupings, onView } = props;
  const trans = useTrans();
  const isGrouped = groupings.some(({ id }) => id === view.groupBy);
  if (groupings.length === 0) {
    return null;
  }
  return (
    <>
      <label>
        {trans.__('Group by')}
        <Select
          label={trans.__('Group by')}
          value={isGrouped ? view.groupBy : ''}
          onChange={groupBy => onView({ groupBy })}
        >
          <option value="">{trans.__('Nothing')}</option>
          {groupings.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </Select>
      </label>
      {isGrouped && (
        <label>
          {trans.__('Band')}
          <Select
            label={trans.__('Band')}
            value={view.band}
            onChange={band => onView({ band: band as BandKind })}
          >
            <option value="minmax">{trans.__('Least to greatest')}</option>
            <option value="std">{trans.__('Standard deviation')}</option>
            <option value="ci">{trans.__('95 % confidence')}</option>
          </Select>
        </label>
      )}
    </>
  );
}
