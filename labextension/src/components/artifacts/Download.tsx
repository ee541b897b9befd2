import * as React from 'react';

import type { RunFiles } from '../../models/files/runFiles';
import { useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { nameOf } from './kinds';

/** Lets the browser save a file, or a folder as an archive, while it arrives. */
export function Download(props: {
  files: RunFiles;
  path: string;
  isFolder: boolean;
  /** Words beside the picture. */
  text?: string;
  /** Where it is one of very many, the keyboard goes past it. */
  isByTheWay?: boolean;
}): JSX.Element {
  const { files, path, isFolder, text } = props;
  const trans = useTrans();
  const name = nameOf(path) || trans.__('all artifacts');
  const label = isFolder
    ? trans.__('Download %1 as a ZIP archive', name)
    : trans.__('Download %1', name);
  return (
    <button
      type="button"
      className={text ? 'jp-tracker-button' : 'jp-tracker-icon-button'}
      aria-label={label}
      tabIndex={props.isByTheWay ? -1 : undefined}
      title={label}
      onClick={event => {
        event.stopPropagation();
        save(isFolder ? files.zipUrl(path) : files.fileUrl(path));
      }}
    >
      <Icon name="download" size={14} />
      {text}
    </button>
  );
}

/** The name is the server's to give. */
function save(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
