import * as React from 'react';

import { contour } from '../charts/relations';
import { useTrans } from '../common/context';
import { EmptyState } from '../common/message';
import { PlotPane, useDrawing } from './PlotPane';
import type { PaneProps } from './props';
import { axisOf, figureAxis } from './useAxis';

/** A metric as heights over two params that are numbers. */
export function ContourPane(props: PaneProps): JSX.Element {
  const numeric = props.params.filter(one => one.isNumeric);
  const trans = useTrans();
  return numeric.length < 2 ? (
    <EmptyState title={trans.__('These runs differ in fewer than two numbers')}>
      <p>{trans.__('A contour is drawn over two numeric params.')}</p>
    </EmptyState>
  ) : (
    <Heights {...props} params={numeric} />
  );
}

function Heights(props: PaneProps): JSX.Element {
  const { params, metrics, preferences, runs } = props;
  const trans = useTrans();
  const axes = [
    axisOf(preferences, 'contour.x', trans.__('X'), params, params[0]),
    axisOf(preferences, 'contour.y', trans.__('Y'), params, params[1]),
    axisOf(preferences, 'contour.z', trans.__('Metric'), metrics, metrics[0])
  ];
  const [x, y, z] = axes.map(({ chosen }) => chosen);
  const draw = useDrawing(props, options => contour(x, y, z, options), [
    x,
    y,
    z
  ]);
  return (
    <PlotPane
      name={trans.__('%1 over %2 and %3', z.key, x.key, y.key)}
      axes={axes}
      figure={{
        kind: 'contour',
        x: figureAxis(x),
        y: figureAxis(y),
        z: figureAxis(z)
      }}
      runs={runs}
      draw={draw}
      note={trans.__('Between the runs the heights are interpolated.')}
    />
  );
}
