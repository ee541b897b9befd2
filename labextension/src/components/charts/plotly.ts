import type { Plotly } from 'plotly.js-cartesian-dist-min';

let loading: Promise<Plotly> | null = null;

/** Load plotly when the first chart is shown: it is larger than everything else together. */
export function loadPlotly(): Promise<Plotly> {
  if (loading === null) {
    loading = import(
      /* webpackChunkName: "plotly" */ 'plotly.js-cartesian-dist-min'
    ).then(module => module.default);
    loading.catch(() => {
      // A failed download must not be remembered for ever.
      loading = null;
    });
  }
  return loading;
}
