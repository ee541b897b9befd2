import * as React from 'react';

import type { ArtifactsModel } from '../../models/files/artifacts';
import type { RunFiles } from '../../models/files/runFiles';
import { useTrans } from '../common/context';
import { Message } from './Message';
import { useLoaded } from './useLoaded';

/** Sound and film, of which the browser reads what it plays. */
export function MediaView(props: {
  files: RunFiles;
  path: string;
  kind: 'audio' | 'video';
}): JSX.Element {
  const { files, path, kind } = props;
  const trans = useTrans();
  const [failed, setFailed] = React.useState(false);
  const url = React.useMemo(() => files.fileUrl(path), [files, path]);
  if (failed) {
    return (
      <Message
        error={trans.__('This browser cannot play the file. Download it.')}
      />
    );
  }
  const shared = {
    src: url,
    controls: true,
    preload: 'metadata',
    'aria-label': path,
    onError: () => setFailed(true)
  };
  return kind === 'audio' ? (
    <audio className="jp-tracker-media" {...shared} />
  ) : (
    <video className="jp-tracker-media" {...shared} />
  );
}

/** A PDF in the browser's own viewer, which shows it as nothing else. */
export function PdfView(props: {
  model: ArtifactsModel;
  path: string;
}): JSX.Element {
  const { model, path } = props;
  const trans = useTrans();
  const load = React.useCallback(async () => {
    const bytes = await model.read(path);
    return URL.createObjectURL(bytes.slice(0, bytes.size, 'application/pdf'));
  }, [model, path]);
  const { value, error } = useLoaded(load);
  React.useEffect(
    () => () => {
      if (value) {
        URL.revokeObjectURL(value);
      }
    },
    [value]
  );
  return value ? (
    <object
      className="jp-tracker-pdf"
      data={value}
      type="application/pdf"
      aria-label={path}
    >
      <Message
        error={trans.__('This browser does not show PDF. Download the file.')}
      />
    </object>
  ) : (
    <Message error={error} />
  );
}
