import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import { formatBytes } from '../../format';
import type { ArtifactsModel } from '../../models/files/artifacts';
import {
  asFigure,
  asTable,
  figureInHtml
} from '../../models/files/loggedFigures';
import { readBook } from '../../models/files/notebookFile';
import type { RunFiles } from '../../models/files/runFiles';
import { keptTableSource } from '../../models/files/tableBlocks';
import type { FileRow } from '../../wire';
import { useTrans } from '../common/context';
import { Rendered } from '../common/Rendered';
import { Boundary } from './Boundary';
import { Download } from './Download';
import { HtmlView } from './HtmlView';
import { ImageView } from './ImageView';
import { JsonView } from './JsonView';
import type { ViewerKind } from './kinds';
import { languageOf, nameOf, viewerKind } from './kinds';
import { MediaView, PdfView } from './MediaView';
import { Message } from './Message';
import { ModelView } from './ModelView';
import { NotebookView } from './NotebookView';
import { OpaqueView } from './OpaqueView';
import { PlotlyView } from './PlotlyView';
import { SourceView } from './SourceView';
import { TableView } from './TableView';
import { TextView } from './TextView';
import { useLoaded } from './useLoaded';

/** Bytes up to which a kind of file is loaded to be shown; others are read in parts. */
const LARGEST: Partial<Record<ViewerKind, number>> = {
  image: 50_000_000,
  json: 10_000_000,
  markdown: 1_000_000,
  notebook: 30_000_000,
  html: 20_000_000,
  source: 200_000,
  pdf: 50_000_000
};
/** Kinds that have a text that people may want to see as it is. */
const HAS_SOURCE = new Set<ViewerKind>([
  'json',
  'markdown',
  'notebook',
  'html',
  'model',
  'table'
]);

/** What a viewer of a file needs. */
export interface FileViewProps {
  model: ArtifactsModel;
  files: RunFiles;
  file: FileRow;
  rendermime: IRenderMimeRegistry;
  /** Whether the run may still write to it. */
  isGrowing: boolean;
}

/** One file: what it is called, and what is in it, shown as what it is. */
export function FileView(props: FileViewProps): JSX.Element {
  const { file, files } = props;
  const { path, file_size: size } = file;
  const trans = useTrans();
  const kind = viewerKind(path);
  const [asText, setAsText] = React.useState(false);
  const canSwitch = HAS_SOURCE.has(kind) && !/\.(parquet|pq)$/i.test(path);
  return (
    <figure className="jp-tracker-preview" aria-label={path}>
      <figcaption>
        <span className="jp-tracker-preview-path">{path}</span>
        {size !== null && <small>{formatBytes(size)}</small>}
        {canSwitch && (
          <button
            type="button"
            className="jp-tracker-button"
            aria-pressed={asText}
            onClick={() => setAsText(!asText)}
          >
            {trans.__('As text')}
          </button>
        )}
        <Download
          files={files}
          path={path}
          isFolder={false}
          text={trans.__('Download')}
        />
      </figcaption>
      <Boundary
        key={String(asText)}
        fallback={<Message error={trans.__('This file cannot be shown.')} />}
      >
        {asText && canSwitch ? (
          <PlainText {...props} />
        ) : (
          <Content {...props} kind={kind} />
        )}
      </Boundary>
    </figure>
  );
}

function Content(props: FileViewProps & { kind: ViewerKind }): JSX.Element {
  const { model, files, file, kind } = props;
  const { path } = file;
  const trans = useTrans();
  const tableSource = React.useCallback(
    (window: Parameters<RunFiles['table']>[1], signal: AbortSignal) =>
      files.table(path, window, signal),
    [files, path]
  );
  const isTooLarge = (file.file_size ?? 0) > (LARGEST[kind] ?? Infinity);
  switch (kind) {
    case 'table':
      return <TableView source={tableSource} label={path} />;
    case 'audio':
    case 'video':
      return <MediaView files={files} path={path} kind={kind} />;
    case 'model':
      return <ModelView files={files} path={path} />;
    case 'opaque':
      return <OpaqueView files={files} path={path} />;
    case 'text':
      return <PlainText {...props} />;
  }
  if (isTooLarge && (kind === 'image' || kind === 'pdf')) {
    const why = trans.__('This file is too large to be shown. Download it.');
    return <OpaqueView files={files} path={path} why={why} />;
  }
  if (kind === 'image') {
    return <ImageView model={model} path={path} />;
  }
  if (kind === 'pdf') {
    return <PdfView model={model} path={path} />;
  }
  return isTooLarge ? (
    <PlainText {...props} />
  ) : (
    <TextContent {...props} kind={kind} />
  );
}

function PlainText(props: FileViewProps): JSX.Element {
  const { files, file, isGrowing } = props;
  const name = nameOf(file.path);
  return (
    <TextView
      files={files}
      path={file.path}
      label={file.path}
      isLog={/\.(log|out|err)$|^log\.txt$/i.test(name)}
      isGrowing={isGrowing}
    />
  );
}

/** Kinds that are texts of a bounded size, which are loaded whole. */
function TextContent(props: FileViewProps & { kind: ViewerKind }): JSX.Element {
  const { model, file, kind } = props;
  const { path, file_size: size } = file;
  const load = React.useCallback(
    async () => interpreted(await (await model.read(path)).text(), kind),
    // A file that grew is read again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [model, path, kind, size]
  );
  const { value, error } = useLoaded(load);
  return value ? (
    <Interpreted {...props} content={value} />
  ) : (
    <Message error={error} />
  );
}

type Content =
  | { kind: 'figure'; figure: NonNullable<ReturnType<typeof asFigure>> }
  | { kind: 'kept'; source: ReturnType<typeof keptTableSource> }
  | { kind: 'bundle'; bundle: Record<string, unknown> }
  | { kind: 'json'; value: unknown }
  | { kind: 'book'; book: NonNullable<ReturnType<typeof readBook>> }
  | { kind: 'html'; html: string }
  | { kind: 'source'; text: string };

const VEGA = /vega\.github\.io\/schema\/(vega|vega-lite)\/v(\d)/;

/** Return a text as what it is, or as a text where it is not what its name says. */
function interpreted(text: string, kind: ViewerKind): Content {
  const source: Content = { kind: 'source', text };
  if (kind === 'notebook') {
    const book = readBook(text);
    return book ? { kind: 'book', book } : source;
  }
  if (kind === 'html') {
    const figure = figureInHtml(text);
    return figure ? { kind: 'figure', figure } : { kind: 'html', html: text };
  }
  if (kind === 'markdown') {
    return { kind: 'bundle', bundle: { 'text/markdown': text } };
  }
  return kind === 'json' ? (interpretedJson(text) ?? source) : source;
}

function interpretedJson(text: string): Content | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const figure = asFigure(value);
  if (figure) {
    return { kind: 'figure', figure };
  }
  const table = asTable(value);
  if (table) {
    return { kind: 'kept', source: keptTableSource(table) };
  }
  const schema = (value as { $schema?: unknown } | null)?.$schema;
  const vega = typeof schema === 'string' ? VEGA.exec(schema) : null;
  if (vega) {
    const kind = vega[1] === 'vega' ? 'vega' : 'vegalite';
    const type = `application/vnd.${kind}.v${vega[2]}+json`;
    return { kind: 'bundle', bundle: { [type]: value } };
  }
  return { kind: 'json', value };
}

function Interpreted(props: FileViewProps & { content: Content }): JSX.Element {
  const { content, rendermime, file } = props;
  const { path } = file;
  switch (content.kind) {
    case 'figure':
      return (
        <PlotlyView
          figure={content.figure}
          path={path}
          rendermime={rendermime}
        />
      );
    case 'kept':
      return <TableView source={content.source} label={path} />;
    case 'json':
      return <JsonView value={content.value} />;
    case 'book':
      return <NotebookView book={content.book} rendermime={rendermime} />;
    case 'html':
      return <HtmlView html={content.html} path={path} />;
    case 'bundle':
      return (
        <div className="jp-tracker-document" tabIndex={0}>
          <Rendered rendermime={rendermime} bundle={content.bundle} />
        </div>
      );
    case 'source': {
      const language = languageOf(path) ?? 'text';
      return content.text.length > 300_000 ? (
        <PlainText {...props} />
      ) : (
        <SourceView
          text={content.text}
          language={language}
          rendermime={rendermime}
        />
      );
    }
  }
}
