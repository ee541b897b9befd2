import * as React from 'react';

import type { View, XAxis } from '../../models/preferences';
import { useTrans } from '../common/context';
import { Select } from '../runs/Toolbar';

/** How the curves are drawn. */
export function ChartControls(props: {
  view: View;
  onView: (change: Partial<View>) => void;
}): JSX.Element {
  const { view, onView } = props;
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
