/** The largest file that is read to be looked at. */
export const LARGEST_PREVIEW = 5_000_000;

/** The largest output of a cell that is drawn as the notebook would. */
export const LARGEST_OUTPUTS = 30_000_000;

const IMAGES = new Map(
  Object.entries({
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    gif: 'image/gif',
    webp: 'image/webp',
    bmp: 'image/bmp',
    // As an <img> an SVG neither runs scripts nor loads anything.
    svg: 'image/svg+xml'
  })
);

/** Return the type that a browser shows an image as. */
export function imageType(path: string): string {
  return IMAGES.get(extensionOf(path)) ?? 'application/octet-stream';
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}
