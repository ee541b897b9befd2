import * as React from 'react';

import { dimensionsOf } from '../../models/dimensions';
import type { Dimension } from '../../models/dimensions';
import type { Preferences, RelationKind } from '../../models/preferences';
import { Plot } from '../charts/Plot';
import type { Size } from '../charts/frame';
import type { Drawing, DrawingOptions } from '../charts/relations';
import { boxes, contour, scatter } from '../charts/relations';
import { useTheme } from '../charts/theme';
import { useSize } from '../charts/useSize';
import { useColors, useTrans } from '../common/context';
import { EmptyState } from '../common/message';
import { DimensionSelect, useChosen } from './DimensionSelect';
import { ImportancePane } from './ImportancePane';
import { ParallelPane } from './ParallelPane';
import type { PaneProps, RelationProps } from './props';

const LOWEST = 240;

/** How params and metrics of runs go together. */
export function RelationsPane(
  props: RelationProps & { kind: RelationKind }
): JSX.Element {
  const { runs, kind } = props;
  const trans = useTrans();
  const dimensions = React.useMemo(() => dimensionsOf(runs), [runs]);
  if (runs.length < 2) {
    return (
      <EmptyState title={trans.__('One run has nothing to be compared with')}>
        <p>{trans.__('Tick more runs in the list and compare again.')}</p>
      </EmptyState>
    );
  }
  const metrics = dimensions.filter(one => one.kind === 'metric');
  const params = dimensions.filter(one => one.kind === 'param');
  if (metrics.length === 0 || (kind !== 'scatter' && params.length === 0)) {
    return (
      <EmptyState
        title={
          metrics.length === 0
            ? trans.__('These runs have no metrics yet')
            : trans.__('These runs do not differ in any param')
        }
      />
    );
  }
  const given = { ...props, dimensions, params, metrics };
  switch (kind) {
    case 'parallel':
      return <ParallelPane {...given} />;
    case 'importance':
      return <ImportancePane {...given} />;
    case 'contour':
      return <ContourPane {...given} />;
    case 'box':
      return <BoxPane {...given} />;
    default:
      return <ScatterPane {...given} />;
  }
}

function ScatterPane(props: PaneProps): JSX.Element {
  const { dimensions, params, metrics, preferences } = props;
  const trans = useTrans();
  const usual = params.find(one => one.isNumeric) ?? metrics[1] ?? metrics[0];
  const [x = usual, setX] = useChosen(dimensions, usual);
  const [y = metrics[0], setY] = useChosen(dimensions, metrics[0]);
  const goals = goalsOf(x, y, preferences);
  const draw = useDrawing(props, options => scatter(x, y, goals, options), [
    x,
    y,
    goals?.x,
    goals?.y
  ]);
  return (
    <Pane
      name={trans.__('Scatter of %1 over %2', y.key, x.key)}
      draw={draw}
      note={
        goals &&
        trans.__('Dotted: the runs that no other beats in both metrics.')
      }
    >
      <DimensionSelect
        label={trans.__('X')}
        dimensions={dimensions}
        chosen={x}
        onChoose={setX}
      />
      <DimensionSelect
        label={trans.__('Y')}
        dimensions={dimensions}
        chosen={y}
        onChoose={setY}
      />
    </Pane>
  );
}

function BoxPane(props: PaneProps): JSX.Element {
  const { params, metrics } = props;
  const trans = useTrans();
  const usual = params.find(one => !one.isNumeric) ?? params[0];
  const [x = usual, setX] = useChosen(params, usual);
  const [y = metrics[0], setY] = useChosen(metrics, metrics[0]);
  const draw = useDrawing(props, options => boxes(x, y, options), [x, y]);
  return (
    <Pane name={trans.__('Spread of %1 by %2', y.key, x.key)} draw={draw}>
      <DimensionSelect
        label={trans.__('Param')}
        dimensions={params}
        chosen={x}
        onChoose={setX}
      />
      <DimensionSelect
        label={trans.__('Metric')}
        dimensions={metrics}
        chosen={y}
        onChoose={setY}
      />
    </Pane>
  );
}

function ContourPane(props: PaneProps): JSX.Element {
  const { metrics } = props;
  const trans = useTrans();
  const numeric = props.params.filter(one => one.isNumeric);
  const [x = numeric[0], setX] = useChosen(numeric, numeric[0]);
  const [y = numeric[1], setY] = useChosen(numeric, numeric[1]);
  const [z = metrics[0], setZ] = useChosen(metrics, metrics[0]);
  const draw = useDrawing(
    props,
    options => (x && y ? contour(x, y, z, options) : { data: [], layout: {} }),
    [x, y, z]
  );
  if (numeric.length < 2) {
    return (
      <EmptyState
        title={trans.__('These runs differ in fewer than two numbers')}
      >
        <p>{trans.__('A contour is drawn over two numeric params.')}</p>
      </EmptyState>
    );
  }
  return (
    <Pane
      name={trans.__('%1 over %2 and %3', z.key, x.key, y.key)}
      draw={draw}
      note={trans.__('Between the runs the heights are interpolated.')}
    >
      <DimensionSelect
        label={trans.__('X')}
        dimensions={numeric}
        chosen={x}
        onChoose={setX}
      />
      <DimensionSelect
        label={trans.__('Y')}
        dimensions={numeric}
        chosen={y}
        onChoose={setY}
      />
      <DimensionSelect
        label={trans.__('Metric')}
        dimensions={metrics}
        chosen={z}
        onChoose={setZ}
      />
    </Pane>
  );
}

function Pane(props: {
  name: string;
  draw: (size: Size) => Drawing;
  note?: string | null;
  children: React.ReactNode;
}): JSX.Element {
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
        {props.children}
        {props.note && <small>{props.note}</small>}
      </div>
      <div ref={room} className="jp-tracker-relation-room">
        {height > 0 && (
          <Plot
            label={props.name}
            height={Math.max(LOWEST, height)}
            draw={props.draw}
          />
        )}
      </div>
    </div>
  );
}

/** A new function whenever something else is to be drawn, and only then. */
function useDrawing(
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

/** Two metrics with directions have runs that no other beats. */
function goalsOf(x: Dimension, y: Dimension, preferences: Preferences) {
  if (x.kind !== 'metric' || y.kind !== 'metric' || x.id === y.id) {
    return null;
  }
  const [toX, toY] = [x, y].map(({ key }) => preferences.directionOf(key));
  return toX === 'none' || toY === 'none' ? null : { x: toX, y: toY };
}
