import * as React from 'react';

import type { Figure } from '../../models/charts/figures';
import type { RunRow } from '../../wire';
import { ChartActions } from '../charts/ChartActions';
import { plotImage } from '../charts/image';
import { Plot } from '../charts/Plot';
import type { Size } from '../charts/frame';
import type { Drawing, DrawingOptions } from '../charts/relations';
import { useTheme } from '../charts/theme';
import { useSize } from '../charts/useSize';
import { useColors, useTrans } from '../common/context';
import { DimensionSelect } from './DimensionSelect';
import type { RelationProps } from './props';
import type { Axis } from './useAxis';

const LOWEST = 240;

/** A chart of one point a run below the choice of its axes. */
export function PlotPane(props: {
  name: string;
  axes: readonly Axis[];
  figure: Figure;
  runs: readonly RunRow[];
  draw: (size: Size) => Drawing;
  note?: string | null;
}): JSX.Element {
  const { name, axes, draw } = props;
  const trans = useTrans();
  const room = React.useRef<HTMLDivElement>(null);
  const { height } = useSize(room);
  return (
    <div className="jp-tracker-relation">
      <div
        className="jp-tracker-controls"
        role="toolbar"
        aria-label={trans.__('Axes')}
      >
        {axes.map(axis => (
          <DimensionSelect key={axis.label} axis={axis} />
        ))}
        {props.note && <small>{props.note}</small>}
        <ChartActions
          name={name}
          figure={props.figure}
          runs={props.runs}
          image={format => plotImage(draw, format)}
        />
      </div>
      <div ref={room} className="jp-tracker-relation-room">
        {height > 0 && (
          <Plot label={name} height={Math.max(LOWEST, height)} draw={draw} />
        )}
      </div>
    </div>
  );
}

/** Return a new function whenever something else is to be drawn, and only then. */
export function useDrawing(
  props: RelationProps,
  make: (options: DrawingOptions) => Drawing,
  dependencies: readonly unknown[]
): (size: Size) => Drawing {
  const { runs, emphasis } = props;
  const theme = useTheme();
  const colors = useColors();
  const dots = runs.map(run => ({
    runId: run.run_id,
    name: run.run_name,
    color: colors.colorOf(run.run_id)
  }));
  const look = JSON.stringify(dots);
  return React.useCallback(
    (size: Size) => make({ dots, emphasis, theme, size }),
    // `look` stands for the dots, the dependencies for what `make` draws from.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [look, emphasis, theme, ...dependencies]
  );
}
