import { isAbort } from '../../errors';
import type { FileRow } from '../../wire';
import type { ArtifactsModel } from '../files/artifacts';

/** A picture of each of two runs, which belong together; null where one has none. */
export interface PicturePair {
  readonly name: string;
  readonly left: string | null;
  readonly right: string | null;
}

/** How two pictures are held against each other. */
export const PICTURE_MODES = [
  'side',
  'swipe',
  'overlay',
  'difference'
] as const;
export type PictureMode = (typeof PICTURE_MODES)[number];

/** Where capture keeps the figures that cells showed: these are known already. */
const FIGURES = 'cell/figures';
const IMAGE = /\.(png|jpe?g|gif|webp|bmp|svg)$/i;
const MOST_FOLDERS = 20;
const MOST_PICTURES = 40;

/** Return the figures in the order shown, then the images that were logged under the same path. */
export function pairPictures(
  figures: readonly [readonly string[], readonly string[]],
  images: readonly [readonly string[], readonly string[]],
  figureName: (number: number) => string
): PicturePair[] {
  const length = Math.max(figures[0].length, figures[1].length);
  const shown = Array.from({ length }, (_, i) => ({
    name: figureName(i + 1),
    left: figures[0][i] ?? null,
    right: figures[1][i] ?? null
  }));
  const paths = [...new Set([...images[0], ...images[1]])].sort((a, b) =>
    a.localeCompare(b, undefined, { numeric: true })
  );
  const logged = paths.map(path => ({
    name: path,
    left: images[0].includes(path) ? path : null,
    right: images[1].includes(path) ? path : null
  }));
  return [...shown, ...logged].slice(0, MOST_PICTURES);
}

/** Return the images among a run's files, in its root and the folders there. */
export async function imagesOf(files: ArtifactsModel): Promise<string[]> {
  try {
    await files.load('');
    const root = files.folder('')?.files ?? [];
    const folders = root.filter(file => file.is_dir).slice(0, MOST_FOLDERS);
    await Promise.all(folders.map(({ path }) => files.load(path)));
    const inside = folders.flatMap(
      ({ path }): readonly FileRow[] => files.folder(path)?.files ?? []
    );
    return [...root, ...inside]
      .filter(file => !file.is_dir && IMAGE.test(file.path))
      .map(file => file.path)
      .filter(path => !path.startsWith(FIGURES));
  } catch (error) {
    if (isAbort(error)) {
      return [];
    }
    throw error;
  }
}

/** What part of two pictures is seen, the same of both. */
export interface Zoom {
  readonly scale: number;
  /** Shift of the picture's middle, as a share of the frame. */
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };

const LARGEST = 16;

/** Return the zoom with another scale, the point at (x, y) of the frame staying where it is. */
export function scaled(zoom: Zoom, factor: number, x = 0.5, y = 0.5): Zoom {
  const scale = Math.min(LARGEST, Math.max(1, zoom.scale * factor));
  const grown = scale / zoom.scale;
  return bounded({
    scale,
    x: (x - 0.5) * (1 - grown) + zoom.x * grown,
    y: (y - 0.5) * (1 - grown) + zoom.y * grown
  });
}

/** Return the zoom moved by shares of the frame. */
export function panned(zoom: Zoom, x: number, y: number): Zoom {
  return bounded({ ...zoom, x: zoom.x + x, y: zoom.y + y });
}

/** No further than to the picture's edge. */
function bounded({ scale, x, y }: Zoom): Zoom {
  const most = (scale - 1) / 2;
  const within = (shift: number) => Math.min(most, Math.max(-most, shift));
  return { scale, x: within(x), y: within(y) };
}
