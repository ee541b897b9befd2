import * as React from 'react';

import { formatBytes } from '../../format';
import type { ArtifactsModel } from '../../models/artifacts';
import type { FileRow } from '../../wire';
import { Icon } from '../common/icons';
import { useSignal, useTrans } from '../common/context';
import { Preview } from './Preview';
import { saveFile } from './files';

/** Where a cell's source and outputs are kept: what one looks for first. */
const CELL = 'cell';
const CELL_SOURCE = 'cell/source.py';

/** The files of a run, and a look into the one that is chosen. */
export function Artifacts(props: { model: ArtifactsModel }): JSX.Element {
  const { model } = props;
  useSignal(model.changed);
  const trans = useTrans();
  const [chosen, setChosen] = React.useState<FileRow | null>(null);
  useCellFirst(model, chosen, setChosen);
  const root = model.folder('');
  if (!root) {
    return <p className="jp-tracker-nothing">{trans.__('Loading…')}</p>;
  }
  if (root.error) {
    return (
      <p className="jp-tracker-nothing" role="alert">
        {root.error.message}
      </p>
    );
  }
  if (root.files.length === 0) {
    return <p className="jp-tracker-nothing">{trans.__('No artifacts')}</p>;
  }
  return (
    <div className="jp-tracker-artifacts">
      <FolderList model={model} path="" chosen={chosen} onChoose={setChosen} />
      {chosen && <Preview key={chosen.path} model={model} file={chosen} />}
    </div>
  );
}

/** Open the source of the cell that was run, if there is one, until something else is chosen. */
function useCellFirst(
  model: ArtifactsModel,
  chosen: FileRow | null,
  choose: (file: FileRow) => void
): void {
  const hasCell = model.folder('')?.files.some(file => file.path === CELL);
  const source = model
    .folder(CELL)
    ?.files.find(file => file.path === CELL_SOURCE);
  React.useEffect(() => {
    if (hasCell) {
      void model.load(CELL);
    }
  }, [model, hasCell]);
  React.useEffect(() => {
    if (source && !chosen) {
      choose(source);
    }
  }, [source, chosen, choose]);
}

interface ListProps {
  model: ArtifactsModel;
  chosen: FileRow | null;
  onChoose: (file: FileRow) => void;
}

function FolderList(props: ListProps & { path: string }): JSX.Element {
  const { model, path } = props;
  const trans = useTrans();
  const folder = model.folder(path);
  if (!folder) {
    return <p className="jp-tracker-nothing">{trans.__('Loading…')}</p>;
  }
  return (
    <ul className="jp-tracker-files">
      {folder.files.map(file => (
        <li key={file.path}>
          {file.is_dir ? (
            <FolderItem {...props} path={file.path} />
          ) : (
            <FileItem {...props} file={file} />
          )}
        </li>
      ))}
      {folder.error && <li role="alert">{folder.error.message}</li>}
    </ul>
  );
}

function FolderItem(props: ListProps & { path: string }): JSX.Element {
  const { model, path } = props;
  const [isOpen, setOpen] = React.useState(path === CELL);
  const toggle = () => {
    if (!isOpen && !model.folder(path)) {
      void model.load(path);
    }
    setOpen(!isOpen);
  };
  return (
    <>
      <button
        type="button"
        className="jp-tracker-file"
        aria-expanded={isOpen}
        onClick={toggle}
      >
        <Icon name="chevron" size={12} />
        <Icon name="folder" size={14} />
        <span>{nameOf(path)}</span>
      </button>
      {isOpen && <FolderList {...props} path={path} />}
    </>
  );
}

function FileItem(props: ListProps & { file: FileRow }): JSX.Element {
  const { model, file, chosen, onChoose } = props;
  const trans = useTrans();
  const name = nameOf(file.path);
  return (
    <div className="jp-tracker-file-line">
      <button
        type="button"
        className="jp-tracker-file"
        aria-pressed={chosen?.path === file.path}
        title={file.path}
        onClick={() => onChoose(file)}
      >
        <Icon name="file" size={14} />
        <span>{name}</span>
        {file.file_size !== null && (
          <small>{formatBytes(file.file_size)}</small>
        )}
      </button>
      <button
        type="button"
        className="jp-tracker-icon-button"
        aria-label={trans.__('Download %1', name)}
        title={trans.__('Download')}
        onClick={() => void saveFile(model, file.path)}
      >
        <Icon name="download" size={14} />
      </button>
    </div>
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
