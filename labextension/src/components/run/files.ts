import type { ArtifactsModel } from '../../models/artifacts';
import { saveBlob } from '../common/save';

/** What the panel can show of a file. */
export type PreviewKind = 'image' | 'text' | 'none';

/** The largest file that is read to be looked at. */
export const LARGEST_PREVIEW = 5_000_000;

/** The largest output of a cell that is drawn as the notebook would. */
export const LARGEST_OUTPUTS = 30_000_000;

const IMAGES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  // As an <img> an SVG neither runs scripts nor loads anything.
  svg: 'image/svg+xml'
};

const TEXTS = new Set(
  'txt log md rst csv tsv json jsonl yaml yml toml ini cfg py ipynb sh sql r jl js ts html css xml tex diff patch'.split(
    ' '
  )
);

/** Return what can be shown of a file of that name. */
export function previewKind(path: string): PreviewKind {
  const extension = extensionOf(path);
  if (extension in IMAGES) {
    return 'image';
  }
  const isPlain = extension === '' || /^MLproject$/i.test(path);
  return TEXTS.has(extension) || isPlain ? 'text' : 'none';
}

/** Return the type that a browser shows an image as. */
export function imageType(path: string): string {
  return IMAGES[extensionOf(path)] ?? 'application/octet-stream';
}

/** Let the browser save a file of a run. */
export async function saveFile(
  model: ArtifactsModel,
  path: string
): Promise<void> {
  saveBlob(await model.read(path), path.slice(path.lastIndexOf('/') + 1));
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}
