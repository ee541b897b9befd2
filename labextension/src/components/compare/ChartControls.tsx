import * as React from 'react';

import type { BandKind } from '../../models/bands';
import type { Grouping } from '../../models/groups';
import type { View, XAxis } from '../../models/preferences';
import { useTrans } from '../common/context';
import { Select } from '../runs/Toolbar';

/** How the curves are drawn. */
export function ChartControls(props: {
  view: View;
  /** What the curves can be put together by. */
  groupings: readonly Grouping[];
  onView: (change: Partial<View>) => void;
}): JSX.Element {
  const { view, groupings, onView } = props;
  const isGrouped = groupings.some(({ id }) => id === view.groupBy);
  const trans = useTrans();
  const percent = Math.round(view.smoothing * 100);
  return (
    <div
      className="jp-tracker-controls"
      role="toolbar"
      aria-label={trans.__('Charts')}
    >
      <label>
        {trans.__('X axis')}
        <Select
          label={trans.__('X axis')}
          value={view.xAxis}
          onChange={value => onView({ xAxis: value as XAxis })}
        >
          <option value="step">{trans.__('Step')}</option>
          <option value="relative">{trans.__('Relative time')}</option>
          <option value="wall">{trans.__('Wall time')}</option>
        </Select>
      </label>
      {groupings.length > 0 && (
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
      )}
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
      <label>
        <input
          type="checkbox"
          checked={view.logY}
          onChange={event => onView({ logY: event.target.checked })}
        />
        {trans.__('Log Y')}
      </label>
      <label
        title={trans.__(
          'Exponential moving average; the points as logged stay visible behind it'
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
    </div>
  );
}
