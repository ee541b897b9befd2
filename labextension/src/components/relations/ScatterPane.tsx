import * as React from 'react';

import type { Dimension } from '../../models/runs/dimensions';
import type { Preferences } from '../../models/views/preferences';
import { scatter } from '../charts/relations';
import { useTrans } from '../common/context';
import { PlotPane, useDrawing } from './PlotPane';
import type { PaneProps } from './props';
import { axisOf, figureAxis } from './useAxis';

/** Every run a dot; of two metrics also the runs that no other beats in both. */
export function ScatterPane(props: PaneProps): JSX.Element {
  const { dimensions, params, metrics, preferences, runs } = props;
  const trans = useTrans();
  const usual = params.find(one => one.isNumeric) ?? metrics[1] ?? metrics[0];
  const axes = [
    axisOf(preferences, 'scatter.x', trans.__('X'), dimensions, usual),
    axisOf(preferences, 'scatter.y', trans.__('Y'), dimensions, metrics[0])
  ];
  const [x, y] = axes.map(({ chosen }) => chosen);
  const goals = goalsOf(x, y, preferences);
  const draw = useDrawing(props, options => scatter(x, y, goals, options), [
    x,
    y,
    goals?.x,
    goals?.y
  ]);
  return (
    <PlotPane
      name={trans.__('Scatter of %1 over %2', y.key, x.key)}
      axes={axes}
      figure={{ kind: 'scatter', x: figureAxis(x), y: figureAxis(y), goals }}
      runs={runs}
      draw={draw}
      note={
        goals &&
        trans.__('Dotted: the runs that no other beats in both metrics.')
      }
    />
  );
}

/** Two metrics with directions have runs that no other beats. */
function goalsOf(x: Dimension, y: Dimension, preferences: Preferences) {
  if (x.kind !== 'metric' || y.kind !== 'metric' || x.id === y.id) {
    return null;
  }
  const [toX, toY] = [x, y].map(({ key }) => preferences.directionOf(key));
  return toX === 'none' || toY === 'none' ? null : { x: toX, y: toY };
}
