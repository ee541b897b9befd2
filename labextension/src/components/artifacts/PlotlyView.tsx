import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { PlotlyFigure } from '../../models/files/loggedFigures';
import { undrawn } from '../../models/files/loggedFigures';
import type { Size } from '../charts/frame';
import { Plot } from '../charts/Plot';
import type { ChartTheme } from '../charts/theme';
import { useTheme } from '../charts/theme';
import { useTrans } from '../common/context';
import { Rendered } from '../common/Rendered';

const MIME = 'application/vnd.plotly.v1+json';
const HEIGHT = 440;

/** A figure that was logged with plotly, drawn by plotly. */
export function PlotlyView(props: {
  figure: PlotlyFigure;
  path: string;
  rendermime: IRenderMimeRegistry;
}): JSX.Element {
  const { figure, path, rendermime } = props;
  const trans = useTrans();
  const theme = useTheme();
  const missing = React.useMemo(() => undrawn(figure), [figure]);
  const draw = React.useCallback(
    (size: Size) => ({
      data: figure.data.map(trace => structuredClone(trace)),
      layout: themed(figure.layout, theme, size)
    }),
    [figure, theme]
  );
  const bundle = React.useMemo(
    () => ({ [MIME]: structuredClone(figure) }),
    [figure]
  );
  if (missing.length === 0) {
    const own = Number(figure.layout.height);
    const height = own > 100 && own < 2_000 ? own : HEIGHT;
    return <Plot label={path} height={height} draw={draw} />;
  }
  if (rendermime.mimeTypes.includes(MIME)) {
    return <Rendered rendermime={rendermime} bundle={bundle} label={path} />;
  }
  return (
    <p className="jp-tracker-nothing">
      {trans.__(
        'This figure has traces of kinds that are not drawn here: %1. Install plotly beside JupyterLab, or download the figure.',
        missing.join(', ')
      )}
    </p>
  );
}

/** A figure without colours of its own takes those of JupyterLab's theme. */
function themed(
  layout: Record<string, unknown>,
  theme: ChartTheme,
  size: Size
): Record<string, unknown> {
  const own = structuredClone(layout);
  delete own.images; // They may lie on servers of others, who would be told who looks.
  const template = record(own.template);
  const base = record(template.layout);
  const isDefault = !('template' in own) || isPlotlysOwn(base);
  const axis = {
    gridcolor: theme.grid,
    linecolor: theme.grid,
    zerolinecolor: theme.border
  };
  const colors = {
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { ...record(base.font), color: theme.text },
    xaxis: { ...record(base.xaxis), ...axis },
    yaxis: { ...record(base.yaxis), ...axis }
  };
  return {
    ...own,
    width: size.width,
    height: size.height,
    template: isDefault
      ? { ...template, layout: { ...base, ...colors } }
      : template
  };
}

/** Whether a template is the one that plotly gives every figure. */
function isPlotlysOwn(base: Record<string, unknown>): boolean {
  return base.paper_bgcolor === 'white' && base.plot_bgcolor === '#E5ECF6';
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : {};
}
