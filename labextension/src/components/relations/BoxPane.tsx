import * as React from 'react';

import { boxes } from '../charts/relations';
import { useTrans } from '../common/context';
import { PlotPane, useDrawing } from './PlotPane';
import type { PaneProps } from './props';
import { axisOf, figureAxis } from './useAxis';

/** The spread of a metric for each value of a param. */
export function BoxPane(props: PaneProps): JSX.Element {
  const { params, metrics, preferences, runs } = props;
  const trans = useTrans();
  const usual = params.find(one => !one.isNumeric) ?? params[0];
  const axes = [
    axisOf(preferences, 'box.x', trans.__('Param'), params, usual),
    axisOf(preferences, 'box.y', trans.__('Metric'), metrics, metrics[0])
  ];
  const [x, y] = axes.map(({ chosen }) => chosen);
  const draw = useDrawing(props, options => boxes(x, y, options), [x, y]);
  return (
    <PlotPane
      name={trans.__('Spread of %1 by %2', y.key, x.key)}
      axes={axes}
      figure={{ kind: 'box', x: figureAxis(x), y: figureAxis(y) }}
      runs={runs}
      draw={draw}
    />
  );
}
