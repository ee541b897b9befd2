import * as React from 'react';

/** The pictures inside the views; all are decoration beside a text or an accessible name. */
const PATHS = {
  cross: 'M4.5 4.5l7 7m0-7l-7 7',
  search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zm3.1 7.3l3.4 3.4',
  refresh: 'M12.9 6.2A5.2 5.2 0 1 0 13.2 9M13 3v3.4H9.6',
  up: 'M8 13V3.4M4 7.2l4-4 4 4',
  down: 'M8 3v9.6M4 8.8l4 4 4-4',
  updown: 'M5 6.2L8 3l3 3.2M5 9.8L8 13l3-3.2',
  chevron: 'M6 4l4 4-4 4',
  download: 'M8 2.5v7.6M4.8 7.2L8 10.4l3.2-3.2M3 13.2h10',
  pencil: 'M3 13l.6-2.9 7.2-7.2 2.3 2.3-7.2 7.2zM9.4 4.3l2.3 2.3',
  bin: 'M2.8 4.2h10.4M6 4V2.5h4V4M4.2 4.4l.6 9h6.4l.6-9M6.7 6.8v4.2m2.6-4.2v4.2',
  restore: 'M3 7.2A5.2 5.2 0 1 1 3.6 11M2.8 3.4v3.9h3.9',
  pin: 'M5.5 2.2h5M6.4 2.4v4L4.2 8.8v1h7.6v-1L9.6 6.4v-4M8 9.8v4.2',
  warning: 'M8 2.2l6.2 11.2H1.8zM8 6.4v3.4m0 1.8v.2',
  check: 'M2.8 8.6l3.4 3.4 7-7.6',
  plus: 'M8 3.2v9.6M3.2 8h9.6',
  minus: 'M3.2 8h9.6',
  columns: 'M2.5 3.2h11v9.6h-11zM6.2 3.2v9.6m3.6-9.6v9.6',
  star: 'M8 2.2l1.8 3.7 4 .6-2.9 2.8.7 4L8 11.4l-3.6 1.9.7-4-2.9-2.8 4-.6z',
  eye: 'M1.6 8S4 3.6 8 3.6 14.4 8 14.4 8 12 12.4 8 12.4 1.6 8 1.6 8zM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z',
  hidden:
    'M2.6 2.6l10.8 10.8M6.4 3.8A6 6 0 0 1 8 3.6c4 0 6.4 4.4 6.4 4.4a11 11 0 0 1-1.9 2.4M4.3 5A10 10 0 0 0 1.6 8S4 12.4 8 12.4a6 6 0 0 0 3-.8',
  baseline: 'M4 2.5v11M4 3.4h8l-2 2.6 2 2.6H4',
  swap: 'M3 5.6h9.4M9.8 2.8l2.8 2.8-2.8 2.8M13 10.4H3.6M6.2 7.6l-2.8 2.8 2.8 2.8',
  move: 'M1.8 8h12.4M4.2 5.6L1.8 8l2.4 2.4M11.8 5.6L14.2 8l-2.4 2.4',
  file: 'M4 1.8h5.2L12 4.6v9.6H4zM9 2v3h3',
  notebook:
    'M4 1.8h8.4v12.4H4zM4 4.2H2.6M4 6.8H2.6M4 9.4H2.6M4 12H2.6M6.8 5h3M6.8 7.6h3',
  store: 'M2.4 3h11.2v10H2.4zM2.4 6.2h11.2M4.8 11l2-2.4 1.8 1.4 2.6-2.2',
  database:
    'M3 4.2c0-2.6 10-2.6 10 0s-10 2.6-10 0zM3 4.2v7.6c0 2.6 10 2.6 10 0V4.2M3 8c0 2.6 10 2.6 10 0',
  server: 'M2.4 2.8h11.2v4.4H2.4zM2.4 8.8h11.2v4.4H2.4zM4.8 5h.2m-.2 6h.2',
  help: 'M5.4 5.8a2.6 2.6 0 1 1 3.7 2.4c-.8.4-1.1.8-1.1 1.6m0 2.4v.2',
  lock: 'M3.8 7.4h8.4v5.8H3.8zM5.6 7.2V5a2.4 2.4 0 0 1 4.8 0v2.2',
  back: 'M13 8H3.4M7.2 4L3.2 8l4 4',
  folder: 'M1.8 4h4.4l1.4 1.6h6.6v7.2H1.8z',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.6v1.2m0 10.4v1.2M1.6 8h1.2m10.4 0h1.2M3.5 3.5l.8.8m7.4 7.4l.8.8M3.5 12.5l.8-.8m7.4-7.4l.8-.8',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z',
  contrast: 'M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4zv11.2M10.4 4v8',
  expand: 'M9.5 2.8h3.7v3.7M6.5 13.2H2.8V9.5M13 3L9.3 6.7M3 13l3.7-3.7',
  shrink: 'M13 6.6H9.4V3M3 9.4h3.6V13M9.6 6.4L13.4 2.6M6.4 9.6l-3.8 3.8'
} as const;

/** The name of a picture. */
export type IconName = keyof typeof PATHS;

/** A small line drawing in the colour of the text around it. */
export function Icon(props: { name: IconName; size?: number }): JSX.Element {
  const { name, size = 16 } = props;
  return (
    <svg
      className="jp-tracker-icon"
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
