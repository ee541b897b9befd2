import type { TranslationBundle } from '@jupyterlab/translation';

import { formatDuration, formatNumber, formatTime } from '../../format';
import type { CurveView } from '../../models/charts/curveView';
import type { Hit } from './curveChart';
import type { Scale } from './scale';

/** Return what the x of a chart is called. */
export function xNameOf(
  view: CurveView,
  isGrouped: boolean,
  trans: TranslationBundle
): string {
  switch (view.xAxis) {
    case 'relative':
      return trans.__('time since start');
    case 'wall':
      return isGrouped ? trans.__('time since start') : trans.__('time');
    case 'metric':
      return view.xMetric;
    default:
      return trans.__('step');
  }
}

/** Return an x in words. */
export function xText(x: number, scale: Scale): string {
  switch (scale.kind) {
    case 'date':
      return formatTime(x);
    case 'duration':
      return formatDuration(x);
    default:
      return formatNumber(x, 6);
  }
}

/** Return what is read out where the crosshair is moved by the keyboard. */
export function hitText(hit: Hit, xName: string, scale: Scale): string {
  const { line, index } = hit;
  const value = formatNumber(line.y[index], 5);
  return `${line.name}, ${xName} ${xText(line.x[index], scale)}: ${value}`;
}
