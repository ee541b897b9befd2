import * as React from 'react';

import { ChartLinks } from '../../models/charts/chartLinks';

const Context = React.createContext<ChartLinks | null>(null);

/** Makes the charts inside share crosshair and zoom. */
export const LinksProvider = Context.Provider;

/** Return what the charts around share; outside a provider a chart has its own. */
export function useLinks(): ChartLinks {
  const shared = React.useContext(Context);
  const [own] = React.useState(() => new ChartLinks());
  return shared ?? own;
}
