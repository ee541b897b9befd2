import * as React from 'react';
import type { ISignal } from '@lumino/signaling';

/** The colours of a chart, taken from JupyterLab's theme. */
export interface ChartTheme {
  text: string;
  faint: string;
  grid: string;
  background: string;
  border: string;
  font: string;
}

/** Return what the theme says now. */
export function readTheme(node: Element): ChartTheme {
  const style = getComputedStyle(node);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: read('--jp-ui-font-color1'),
    faint: read('--jp-ui-font-color2'),
    grid: read('--jp-border-color2'),
    background: read('--jp-layout-color1'),
    border: read('--jp-border-color1'),
    font: read('--jp-ui-font-family')
  };
}

const Context = React.createContext<ISignal<unknown, unknown> | null>(null);

/** Tells the charts inside when JupyterLab's theme changes. */
export const ThemeProvider = Context.Provider;

/** Return the theme, anew when JupyterLab has another one. */
export function useTheme(): ChartTheme {
  const changed = React.useContext(Context);
  const [theme, setTheme] = React.useState(() => readTheme(document.body));
  React.useEffect(() => {
    if (!changed) {
      return;
    }
    const update = () => setTheme(readTheme(document.body));
    changed.connect(update);
    return () => {
      changed.disconnect(update);
    };
  }, [changed]);
  return theme;
}
