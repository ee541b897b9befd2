import { LabIcon } from '@jupyterlab/ui-components';

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M3 3h2v16h16v2H3z"/>
    <path d="M7.4 16.6 6 15.2l4.6-5.4 3.4 2.9 4.5-6.1 1.6 1.2-5.8 7.9-3.5-3z"/>
    <circle cx="19.2" cy="6.6" r="2.6"/>
  </g>
</svg>`;

const COMPARE = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M3 3h2v16h16v2H3z"/>
    <path d="M7.3 16.2 6.2 14.5l5-3.4 3.3 1.5 5-5.1 1.4 1.4-6 6.1-3.4-1.6z"/>
    <path d="M7.4 9.4 6.4 7.6l4.4-2.4 4 4.4 4.4.6-.3 2-5.1-.7-3.5-3.8z" opacity=".55"/>
  </g>
</svg>`;

/** The icon of tracker: a curve and its latest point. */
export const trackerIcon = new LabIcon({
  name: 'jupyterlab-tracker:logo',
  svgstr: ICON
});

/** The icon of a comparison: two curves. */
export const compareIcon = new LabIcon({
  name: 'jupyterlab-tracker:compare',
  svgstr: COMPARE
});
