import * as React from 'react';

import { isAbort } from '../../errors';
import type { ArtifactsModel } from '../../models/files/artifacts';
import { useSignal } from '../common/context';

/**
 * Return the text of a file in a folder of a run's artifacts, read again when its size changes.
 *
 * Null where there is none, while it is read, where it is larger than `largest` bytes, and where it
 * cannot be read: the list of artifacts shows it all the same, and tells why.
 */
export function useTextFile(
  model: ArtifactsModel,
  path: string,
  largest: number
): string | null {
  useSignal(model.changed);
  const [text, setText] = React.useState<string | null>(null);
  const folder = path.slice(0, path.lastIndexOf('/'));
  const isThere = model.folder('')?.files.some(file => file.path === folder);
  const isRead = model.folder(folder) !== undefined;
  const size =
    model.folder(folder)?.files.find(file => file.path === path)?.file_size ??
    null;
  React.useEffect(() => {
    if (isThere && !isRead) {
      void model.load(folder);
    }
  }, [model, folder, isThere, isRead]);
  React.useEffect(() => {
    let isWanted = true;
    const take = (read: string | null) => isWanted && setText(read);
    if (size === null || size > largest) {
      take(null);
    } else {
      model
        .read(path)
        .then(blob => blob.text())
        .then(take, error => isAbort(error) || take(null));
    }
    return () => {
      isWanted = false;
    };
  }, [model, path, size, largest]);
  return text;
}
