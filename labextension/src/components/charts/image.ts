import type { Layout, Trace } from 'plotly.js-cartesian-dist-min';

import { loadPlotly } from './plotly';
import { readTheme } from './theme';
import type { Size } from './frame';

/** What a picture of a chart is saved as. */
export type ImageFormat = 'png' | 'svg';

/** Pictures are for paper and slides: larger than on the screen, and sharp. */
const SIZE: Size = { width: 1000, height: 600 };
const SCALE = 2;

/** Return a chart as plotly draws it, as a picture. */
export async function plotImage(
  draw: (size: Size) => { data: Trace[]; layout: Layout },
  format: ImageFormat,
  size: Size = SIZE
): Promise<Blob> {
  const plotly = await loadPlotly();
  const { data, layout } = draw(size);
  const { background } = readTheme(document.body);
  const url = await plotly.toImage(
    { data, layout: { ...layout, paper_bgcolor: background } },
    { ...size, format, scale: format === 'png' ? SCALE : 1 }
  );
  return (await fetch(url)).blob();
}

const KEPT = [
  'fill',
  'fill-opacity',
  'font-family',
  'font-size',
  'font-weight',
  'opacity',
  'paint-order',
  'stroke',
  'stroke-opacity',
  'stroke-width',
  'text-anchor'
];

/** Return a drawing of our own as a picture that needs no style sheet. */
export async function svgImage(
  svg: SVGSVGElement,
  format: ImageFormat
): Promise<Blob> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll<SVGElement>('*')].forEach((node, i) => {
    const style = getComputedStyle(originals[i]);
    KEPT.forEach(name =>
      node.style.setProperty(name, style.getPropertyValue(name))
    );
  });
  const { background } = readTheme(document.body);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.style.background = background;
  const text = new XMLSerializer().serializeToString(copy);
  const blob = new Blob([text], { type: 'image/svg+xml' });
  return format === 'svg'
    ? blob
    : rasterized(blob, svg.width.baseVal.value, svg.height.baseVal.value);
}

async function rasterized(
  svg: Blob,
  width: number,
  height: number
): Promise<Blob> {
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * SCALE;
    canvas.height = height * SCALE;
    const context = canvas.getContext('2d');
    context?.scale(SCALE, SCALE);
    context?.drawImage(image, 0, 0, width, height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        blob => (blob ? resolve(blob) : reject(new Error('no picture'))),
        'image/png'
      )
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
