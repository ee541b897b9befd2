import * as React from 'react';
import type { Layout, Plotly, Trace } from 'plotly.js-cartesian-dist-min';

import { useTrans } from '../common/context';
import { loadPlotly } from './plotly';
import { useSize } from './useSize';
import type { Size } from './frame';

// Nothing of a run may leave for a server of somebody else.
const CONFIG = {
  displaylogo: false,
  showSendToCloud: false,
  showEditInChartStudio: false,
  responsive: false,
  modeBarButtons: [['pan2d', 'resetScale2d', 'toImage']]
};

/** A plotly chart as wide as there is room. It is drawn at most once a frame. */
export function Plot(props: {
  label: string;
  height: number;
  /** Another function whenever something else is to be drawn. */
  draw: (size: Size) => { data: Trace[]; layout: Layout };
}): JSX.Element {
  const { draw, height } = props;
  const trans = useTrans();
  const node = React.useRef<HTMLDivElement>(null);
  const [plotly, setPlotly] = React.useState<Plotly | null>(null);
  const [failed, setFailed] = React.useState(false);
  const { width } = useSize(node);

  React.useEffect(() => {
    let isWanted = true;
    loadPlotly().then(
      loaded => isWanted && setPlotly(loaded),
      () => isWanted && setFailed(true)
    );
    return () => {
      isWanted = false;
    };
  }, []);
  React.useEffect(() => {
    if (!plotly || width === 0) {
      return;
    }
    const frame = window.requestAnimationFrame(() => {
      if (node.current) {
        const { data, layout } = draw({ width, height });
        void plotly.react(node.current, data, layout, CONFIG);
      }
    });
    return () => window.cancelAnimationFrame(frame);
  }, [plotly, width, height, draw]);
  React.useEffect(() => {
    const drawn = node.current;
    return () => {
      if (plotly && drawn) {
        plotly.purge(drawn);
      }
    };
  }, [plotly]);

  if (failed) {
    return (
      <p className="jp-tracker-plot-failed" role="alert">
        {trans.__('The charts could not be loaded. Reload the page.')}
      </p>
    );
  }
  return (
    <div
      ref={node}
      className="jp-tracker-plot"
      role="figure"
      aria-label={props.label}
      style={{ height }}
    />
  );
}
