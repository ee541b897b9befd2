import * as React from 'react';

import { ChartLinks } from '../../models/charts/chartLinks';
import type { View } from '../../models/views/preferences';

/** After so long without another zoom it is kept, in ms. */
const SETTLED = 200;

/** Return what the charts share; another axis is shown whole again. */
export function useChartLinks(
  view: View,
  onView?: (change: Partial<View>) => void
): ChartLinks {
  const [links] = React.useState(() => {
    const shared = new ChartLinks(view.zoomTogether);
    shared.zooms = view.zooms;
    return shared;
  });
  useKeptZooms(links, view.zooms, onView);
  const axis = `${view.xAxis} ${view.xMetric} ${view.logX} ${view.logY} ${view.groupBy}`;
  const before = React.useRef(axis);
  React.useEffect(() => {
    links.together = view.zoomTogether;
    if (before.current !== axis) {
      before.current = axis;
      links.reset();
    }
  }, [links, view.zoomTogether, axis]);
  return links;
}

/** Keep with the view what the charts are zoomed to, and show what a view says. */
function useKeptZooms(
  links: ChartLinks,
  zooms: View['zooms'],
  onView?: (change: Partial<View>) => void
): void {
  const kept = React.useRef(JSON.stringify(zooms));
  React.useEffect(() => {
    const told = JSON.stringify(zooms);
    if (told !== kept.current) {
      kept.current = told;
      links.zooms = zooms;
    }
  }, [links, zooms]);
  React.useEffect(() => {
    let timer = 0;
    const keep = () => {
      timer = 0;
      const shown = JSON.stringify(links.zooms);
      if (shown !== kept.current) {
        kept.current = shown;
        onView?.({ zooms: links.zooms });
      }
    };
    const onZoomed = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(keep, SETTLED);
    };
    links.zoomed.connect(onZoomed);
    return () => {
      links.zoomed.disconnect(onZoomed);
      if (timer !== 0) {
        window.clearTimeout(timer);
        keep();
      }
    };
  }, [links, onView]);
}
