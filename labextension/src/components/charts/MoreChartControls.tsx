import * as React from 'react';

import { CHART_WIDTHS } from '../../models/charts/curveView';
import type { View } from '../../models/views/preferences';
import { useTrans } from '../common/context';
import { Select } from '../common/Select';

/** How curves are drawn: what is changed seldom. */
export function MoreChartControls(props: {
  view: View;
  onView: (change: Partial<View>) => void;
}): JSX.Element {
  const { view, onView } = props;
  const trans = useTrans();
  const check = (
    name: 'logX' | 'logY' | 'zoomTogether',
    label: string,
    title?: string
  ) => (
    <label title={title}>
      <input
        type="checkbox"
        checked={view[name]}
        onChange={event => onView({ [name]: event.target.checked })}
      />
      {label}
    </label>
  );
  const isTime = view.xAxis === 'relative' || view.xAxis === 'wall';
  return (
    <div className="jp-tracker-more-controls">
      {!isTime && check('logX', trans.__('Log X'))}
      {check('logY', trans.__('Log Y'))}
      <label>
        {trans.__('Outliers')}
        <Select
          label={trans.__('Outliers')}
          value={String(view.outliers)}
          onChange={share => onView({ outliers: Number(share) })}
        >
          <option value="0">{trans.__('Shown')}</option>
          <option value="0.01">{trans.__('Cut 1 % at each end')}</option>
          <option value="0.05">{trans.__('Cut 5 % at each end')}</option>
          <option value="0.1">{trans.__('Cut 10 % at each end')}</option>
        </Select>
      </label>
      {check(
        'zoomTogether',
        trans.__('Zoom together'),
        trans.__(
          'Drag in a chart to zoom, with Shift to move; Ctrl and the wheel zoom too; a double click shows everything'
        )
      )}
      <label>
        {trans.__('Chart width')}
        <input
          type="range"
          min={CHART_WIDTHS.least}
          max={CHART_WIDTHS.most}
          step={20}
          value={view.chartWidth}
          aria-label={trans.__('Chart width')}
          aria-valuetext={trans.__('%1 pixels', view.chartWidth)}
          onChange={event => onView({ chartWidth: Number(event.target.value) })}
        />
      </label>
    </div>
  );
}
