import * as React from 'react';

import type { ChartLinks } from '../../models/charts/chartLinks';
import type { RunRow } from '../../wire';
import { useTrans } from '../common/context';
import type { Drawing, Pointed } from './CurveCanvas';
import { CurveCanvas } from './CurveCanvas';
import type { Axes } from './curveChart';
import { axesOf } from './curveChart';
import { curveFigure } from './curveFigure';
import { CurveTooltip } from './CurveTooltip';
import type { ChartProps } from './chartProps';
import type { Extent } from './extent';
import type { Size } from './frame';
import { useSize } from './useSize';
import { hitText } from './words';

/** How large a figure is that is taken out of the page. */
const FIGURE_SIZE: Size = { width: 900, height: 520 };

interface CurvePlotProps {
  label: string;
  /** Names the chart among those that share zoom and crosshair. */
  chart: string;
  height: number;
  links: ChartLinks;
  /** Another function whenever something else is to be drawn. */
  build: () => Drawing;
  runs: readonly RunRow[];
  xName: string;
  hasMetrics: boolean;
  figure: ChartProps['figure'];
}

/** Curves as wide as there is room, with what the pointer is at. */
export function CurvePlot(props: CurvePlotProps): JSX.Element {
  const { chart, height, links, build } = props;
  const trans = useTrans();
  const node = React.useRef<HTMLDivElement>(null);
  const canvas = React.useRef<CurveCanvas | null>(null);
  const { width } = useSize(node);
  const [pointed, setPointed] = React.useState<Pointed | null>(null);
  const [extent, setExtent] = React.useState<Extent | null>(null);
  React.useEffect(() => {
    const drawn = new CurveCanvas(node.current!, chart, links, {
      onPointed: setPointed,
      onDrawn: axes => setExtent(old => sameCut(old, axes))
    });
    canvas.current = drawn;
    return () => drawn.dispose();
  }, [chart, links]);
  React.useEffect(() => {
    canvas.current?.resize({ width, height });
  }, [canvas, chart, links, width, height]);
  React.useEffect(() => {
    canvas.current?.show(build);
  }, [chart, links, build]);
  React.useEffect(() => {
    canvas.current?.canvas.setAttribute('aria-label', props.label);
    canvas.current?.canvas.setAttribute('role', 'img');
  }, [chart, links, props.label]);
  props.figure.current = () => {
    const drawing = build();
    const zoom = links.zoomOf(chart);
    const axes = axesOf(drawing.lines, drawing.view, zoom, FIGURE_SIZE);
    return curveFigure(chart, { ...drawing, axes, size: FIGURE_SIZE });
  };
  const read = pointed && hitText(pointed.nearest, props.xName, pointed.axes.x);
  return (
    <>
      <div ref={node} className="jp-tracker-curves" style={{ height }} />
      {extent && extent.cut > 0 && (
        <p className="jp-tracker-cut">
          {trans.__(
            '%1 of %2 points lie outside, as outliers',
            extent.cut.toLocaleString(),
            extent.of.toLocaleString()
          )}
        </p>
      )}
      <output className="jp-tracker-aside">{read}</output>
      {pointed && (
        <CurveTooltip
          pointed={pointed}
          runs={props.runs}
          xName={props.xName}
          hasMetrics={props.hasMetrics}
        />
      )}
    </>
  );
}

/** Return the same as before while as much is left out. */
function sameCut(old: Extent | null, { extent }: Axes): Extent | null {
  return old?.cut === extent?.cut && old?.of === extent?.of ? old : extent;
}
