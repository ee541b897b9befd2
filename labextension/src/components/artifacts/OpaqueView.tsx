import * as React from 'react';

import type { RunFiles } from '../../models/files/runFiles';
import { useTrans } from '../common/context';
import { extensionOf, isBinaryModel } from './kinds';
import { Snippet } from './Snippet';

/** A file that is not opened here, and how programs get at it. */
export function OpaqueView(props: {
  files: RunFiles;
  path: string;
  why?: string;
}): JSX.Element {
  const { files, path, why } = props;
  const trans = useTrans();
  const extension = extensionOf(path);
  const reason =
    why ??
    (isBinaryModel(path)
      ? trans.__(
          'Files of the kind .%1 hold models or data for programs, and some can run code when they are loaded. They are never loaded here.',
          extension
        )
      : trans.__('This kind of file is not shown here. Download it.'));
  const code = [
    'import tracker',
    '',
    `path = tracker.artifacts.download_artifacts(`,
    `    run_id=${JSON.stringify(files.runId)}, artifact_path=${JSON.stringify(path)}`,
    `)`
  ].join('\n');
  return (
    <div>
      <p className="jp-tracker-nothing">{reason}</p>
      <Snippet code={code} />
    </div>
  );
}
