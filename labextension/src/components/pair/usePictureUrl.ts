import * as React from 'react';

import type { ArtifactsModel } from '../../models/files/artifacts';
import { imageType } from '../../models/files/previews';

/** Where the browser finds a picture of a run: null while it is read, undefined where it cannot. */
export function usePictureUrl(
  files: ArtifactsModel,
  path: string | null
): string | null | undefined {
  const [url, setUrl] = React.useState<string | null | undefined>(null);
  React.useEffect(() => {
    if (path === null) {
      return;
    }
    let made: string | null = null;
    let isWanted = true;
    files.read(path).then(
      blob => {
        if (isWanted) {
          // The type is ours: whatever the file says it is, it is shown as a picture.
          made = URL.createObjectURL(
            new Blob([blob], { type: imageType(path) })
          );
          setUrl(made);
        }
      },
      () => isWanted && setUrl(undefined)
    );
    return () => {
      isWanted = false;
      setUrl(null);
      if (made) {
        URL.revokeObjectURL(made);
      }
    };
  }, [files, path]);
  return url;
}
