import type { Layout } from 'plotly.js-cartesian-dist-min';

import type { ChartTheme } from './theme';

const NAME_LENGTH = 18;

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Run names come from anywhere, and plotly reads its labels as HTML. */
export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

/** Return what every chart has in common. */
export function commonLayout(theme: ChartTheme, size: Size): Layout {
  return {
    ...size,
    showlegend: false,
    dragmode: 'zoom',
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, size: 11, color: theme.text },
    hoverlabel: {
      bgcolor: theme.background,
      bordercolor: theme.border,
      font: { family: theme.font, size: 11, color: theme.text },
      namelength: -1
    },
    modebar: {
      bgcolor: 'rgba(0,0,0,0)',
      color: theme.faint,
      activecolor: theme.text
    }
  };
}

/** Return what every axis has in common. */
export function axis(theme: ChartTheme): Layout {
  return {
    gridcolor: theme.grid,
    linecolor: theme.grid,
    zerolinecolor: theme.border,
    zeroline: false,
    tickfont: { size: 11, color: theme.faint },
    automargin: false
  };
}

/** Return a name that is not longer than there is room for. */
export function shorten(name: string, length = NAME_LENGTH): string {
  return name.length > length ? `${name.slice(0, length - 1)}…` : name;
}
