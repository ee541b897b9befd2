import { imageType } from '../../models/files/previews';

/** How a file is shown. */
export type ViewerKind =
  | 'image'
  | 'table'
  | 'json'
  | 'markdown'
  | 'notebook'
  | 'html'
  | 'source'
  | 'text'
  | 'audio'
  | 'video'
  | 'pdf'
  | 'model'
  | 'opaque';

/** Extensions and the language that JupyterLab colours them as. */
// No prototype: names of files are anything, `constructor` too.
const LANGUAGES = withoutPrototype({
  py: 'python',
  r: 'r',
  jl: 'julia',
  js: 'javascript',
  mjs: 'javascript',
  ts: 'typescript',
  tsx: 'tsx',
  jsx: 'jsx',
  json: 'json',
  jsonl: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  toml: 'toml',
  ini: 'ini',
  cfg: 'ini',
  sh: 'bash',
  sql: 'sql',
  css: 'css',
  html: 'html',
  htm: 'html',
  xml: 'xml',
  tex: 'latex',
  diff: 'diff',
  patch: 'diff',
  md: 'markdown',
  c: 'c',
  h: 'c',
  cpp: 'cpp',
  cu: 'cpp',
  java: 'java',
  rs: 'rust',
  go: 'go',
  dockerfile: 'dockerfile'
});

const BY_EXTENSION = withoutPrototype<ViewerKind>({
  ...Object.fromEntries(
    Object.keys(LANGUAGES).map((name): [string, ViewerKind] => [name, 'source'])
  ),
  csv: 'table',
  tsv: 'table',
  tab: 'table',
  parquet: 'table',
  pq: 'table',
  json: 'json',
  geojson: 'json',
  md: 'markdown',
  markdown: 'markdown',
  ipynb: 'notebook',
  html: 'html',
  htm: 'html',
  txt: 'text',
  log: 'text',
  out: 'text',
  err: 'text',
  rst: 'text',
  lock: 'text',
  wav: 'audio',
  mp3: 'audio',
  ogg: 'audio',
  oga: 'audio',
  flac: 'audio',
  m4a: 'audio',
  mp4: 'video',
  webm: 'video',
  ogv: 'video',
  mov: 'video',
  pdf: 'pdf'
});

const BY_NAME = withoutPrototype<ViewerKind>({
  mlmodel: 'model',
  mlproject: 'source',
  dockerfile: 'source',
  makefile: 'text',
  license: 'text',
  readme: 'text'
});

/** Why the content of a kind of file is never opened, and what people open it with. */
const MODELS = new Set(
  'pkl pickle joblib cloudpickle dill pt pth ckpt h5 hdf5 keras onnx safetensors skops npy npz bin model cbm ubj msgpack'.split(
    ' '
  )
);

/** Return how a file of that name is shown. */
export function viewerKind(path: string): ViewerKind {
  const name = nameOf(path).toLowerCase();
  const known = BY_NAME[name];
  if (known) {
    return known;
  }
  if (imageType(path) !== 'application/octet-stream') {
    return 'image';
  }
  const extension = extensionOf(path);
  return BY_EXTENSION[extension] ?? (extension === '' ? 'text' : 'opaque');
}

/** Return the language of a file's text; null where it is plain. */
export function languageOf(path: string): string | null {
  const name = nameOf(path).toLowerCase();
  if (name === 'mlmodel' || name === 'mlproject') {
    return 'yaml';
  }
  return LANGUAGES[extensionOf(path) || name] ?? null;
}

/** Whether a file is a model or other data that only programs should load. */
export function isBinaryModel(path: string): boolean {
  return MODELS.has(extensionOf(path));
}

/** Return the last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Return what follows the last dot of a file's name, in small letters. */
export function extensionOf(path: string): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}

function withoutPrototype<T>(entries: Record<string, T>): Record<string, T> {
  return Object.assign(Object.create(null) as Record<string, T>, entries);
}
