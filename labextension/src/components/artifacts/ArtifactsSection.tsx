import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { ArtifactsModel } from '../../models/files/artifacts';
import type { RunPlace } from '../../models/run/place';
import type { RunFiles } from '../../models/files/runFiles';
import type { FileRow } from '../../wire';
import { useSignal, useTrans } from '../common/context';
import { Download } from './Download';
import { Files } from './Files';
import { FileView } from './FileView';
import { nameOf } from './kinds';
import { Message } from './Message';

const LOG_ARTIFACT = "tracker.log_artifact('report.html')";

/** The files of a run, and a look into the one that is chosen. */
export function ArtifactsSection(props: {
  model: ArtifactsModel;
  files: RunFiles;
  place: RunPlace;
  rendermime: IRenderMimeRegistry;
  isGrowing: boolean;
}): JSX.Element {
  const { model, place } = props;
  useSignal(model.changed);
  useSignal(place.changed);
  const trans = useTrans();
  useFirstChoice(model, place);
  const root = model.folder('');
  if (!root || root.error) {
    return <Message error={root?.error?.message ?? null} />;
  }
  if (root.files.length === 0) {
    return (
      <div className="jp-tracker-nothing">
        <p>{trans.__('No artifacts. A cell keeps files with:')}</p>
        <pre>{LOG_ARTIFACT}</pre>
      </div>
    );
  }
  const { path } = place;
  return (
    <div className="jp-tracker-artifacts">
      <Files model={model} files={props.files} place={place} />
      {path === null ? null : (
        <Chosen {...props} path={path} file={fileAt(model, path)} />
      )}
    </div>
  );
}

function Chosen(props: {
  model: ArtifactsModel;
  files: RunFiles;
  rendermime: IRenderMimeRegistry;
  isGrowing: boolean;
  path: string;
  file: FileRow | null | undefined;
}): JSX.Element {
  const { model, files, path, file } = props;
  const trans = useTrans();
  if (file === undefined) {
    return <Message error={null} />;
  }
  if (file === null) {
    return <Message error={trans.__('There is no artifact %1.', path)} />;
  }
  if (file.is_dir) {
    const count = model.folder(path)?.files.length;
    return (
      <figure className="jp-tracker-preview" aria-label={path}>
        <figcaption>
          <span className="jp-tracker-preview-path">{path}</span>
          <Download
            files={files}
            path={path}
            isFolder
            text={trans.__('Download as ZIP')}
          />
        </figcaption>
        <p className="jp-tracker-nothing">
          {count === undefined
            ? trans.__('A folder.')
            : trans._n(
                'A folder with %1 entry.',
                'A folder with %1 entries.',
                count
              )}
        </p>
      </figure>
    );
  }
  return <FileView key={path} {...props} file={file} />;
}

/** Return what a path names; null where it names nothing, undefined while that is not known. */
function fileAt(
  model: ArtifactsModel,
  path: string
): FileRow | null | undefined {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const folder = model.folder(parent);
  return folder && (folder.files.find(file => file.path === path) ?? null);
}

/** What one looks at first where nobody chose: a picture, a table, a text at the root. */
const TELLING = [
  /\.(png|jpe?g|svg|gif|webp)$/i,
  /\.(html|md|ipynb)$/i,
  /\.(csv|parquet|json)$/i
];

function useFirstChoice(model: ArtifactsModel, place: RunPlace): void {
  const root = model.folder('');
  React.useEffect(() => {
    if (!root || place.path !== null) {
      return;
    }
    const own = root.files.filter(file => !file.is_dir);
    const first = TELLING.map(kind =>
      own.find(file => kind.test(nameOf(file.path)))
    ).find(Boolean);
    if (first) {
      place.choose(first.path);
      return;
    }
    const cell = root.files.some(({ path }) => path === 'cell');
    if (cell) {
      place.choose('cell/source.py');
    }
  }, [root, place]);
}
