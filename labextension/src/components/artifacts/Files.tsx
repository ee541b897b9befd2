import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import { formatBytes } from '../../format';
import type { ArtifactsModel } from '../../models/files/artifacts';
import type { RunPlace } from '../../models/run/place';
import type { RunFiles } from '../../models/files/runFiles';
import type { FileLine } from '../../models/files/tree';
import { fileLines, foldersAbove } from '../../models/files/tree';
import { useSignal, useTrans } from '../common/context';
import { Icon } from '../common/icons';
import type { TreeRow } from '../common/TreeList';
import { TreeList } from '../common/TreeList';
import { nameOf } from './kinds';
import { Download } from './Download';

const ROW_HEIGHT = 26;

/** The files of a run as a tree. A folder is read when it is opened. */
export function Files(props: {
  model: ArtifactsModel;
  files: RunFiles;
  place: RunPlace;
}): JSX.Element {
  const { model, files, place } = props;
  useSignal(model.changed);
  useSignal(place.changed);
  const trans = useTrans();
  const [open, setOpen] = React.useState<ReadonlySet<string>>(
    () => new Set(foldersAbove(place.path ?? ''))
  );
  useOpenAbove(model, place.path, setOpen);
  const lines = fileLines(model, open);
  const byPath = new Map(lines.map(line => [line.file.path, line]));
  const rows = lines.map(line => toRow(line, files, trans));
  return (
    <TreeList
      label={trans.__('Artifacts')}
      rows={rows}
      chosen={place.path}
      rowHeight={ROW_HEIGHT}
      onToggle={path => {
        if (!open.has(path) && !model.folder(path)) {
          void model.load(path);
        }
        setOpen(before => toggled(before, path));
      }}
      onChoose={path => {
        const line = byPath.get(path);
        if (line && !line.note) {
          place.choose(path);
        }
      }}
    />
  );
}

/** Open the folders that the chosen file lies in, as when a link led there. */
function useOpenAbove(
  model: ArtifactsModel,
  path: string | null,
  setOpen: React.Dispatch<React.SetStateAction<ReadonlySet<string>>>
): void {
  React.useEffect(() => {
    const above = foldersAbove(path ?? '');
    above
      .filter(folder => !model.folder(folder))
      .forEach(folder => void model.load(folder));
    if (above.length > 0) {
      setOpen(before => new Set([...before, ...above]));
    }
  }, [model, path, setOpen]);
}

function toggled(open: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const next = new Set(open);
  if (!next.delete(path)) {
    next.add(path);
  }
  return next;
}

function toRow(
  line: FileLine,
  files: RunFiles,
  trans: TranslationBundle
): TreeRow {
  const { file, depth, isOpen, note } = line;
  const { path } = file;
  if (note) {
    const text =
      note === 'loading'
        ? trans.__('Loading…')
        : note === 'empty'
          ? trans.__('Empty')
          : note.error;
    const label = <span className="jp-tracker-tree-note">{text}</span>;
    return { id: path, depth, isOpen, label, text: '' };
  }
  const name = nameOf(path);
  return {
    id: path,
    depth,
    isOpen,
    text: name,
    label: (
      <span className="jp-tracker-tree-label" title={path}>
        <Icon name={file.is_dir ? 'folder' : 'file'} size={14} />
        <span>{name}</span>
      </span>
    ),
    end: (
      <>
        {file.file_size !== null && (
          <small>{formatBytes(file.file_size)}</small>
        )}
        <Download files={files} path={path} isFolder={file.is_dir} isByTheWay />
      </>
    )
  };
}
