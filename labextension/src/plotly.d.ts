/** The few calls of plotly that are used; the bundle ships no types. */
declare module 'plotly.js-cartesian-dist-min' {
  /** One curve or row of bars. */
  export type Trace = Record<string, unknown>;
  /** Everything around the curves. */
  export type Layout = Record<string, unknown>;
  /** What people can do with a chart. */
  export type Config = Record<string, unknown>;

  export interface Plotly {
    /** Draw, or change what is drawn with as little work as possible. */
    react(
      node: HTMLElement,
      data: Trace[],
      layout: Layout,
      config: Config
    ): Promise<unknown>;
    /** Return the URL of a picture of a chart that need not be on the screen. */
    toImage(
      figure: { data: Trace[]; layout: Layout },
      options: {
        format: 'png' | 'svg';
        width: number;
        height: number;
        scale: number;
      }
    ): Promise<string>;
    /** Let go of everything that a chart holds. */
    purge(node: HTMLElement): void;
  }

  const plotly: Plotly;
  export default plotly;
}
