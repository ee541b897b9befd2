import * as React from 'react';

import { asApiError, isAbort } from '../../errors';
import type { ArtifactsModel } from '../../models/artifacts';
import type { FileRow } from '../../wire';
import { useTrans } from '../common/context';
import { imageType, LARGEST_PREVIEW, previewKind } from './files';

const LONGEST_TEXT = 200_000;

/** A look into a file: images and text; everything else can be downloaded. */
export function Preview(props: {
  model: ArtifactsModel;
  file: FileRow;
}): JSX.Element {
  const { model, file } = props;
  const trans = useTrans();
  const kind = previewKind(file.path);
  const isTooLarge = (file.file_size ?? 0) > LARGEST_PREVIEW;
  const canShow = kind !== 'none' && !isTooLarge;
  const content = useContent(model, canShow ? file.path : null, kind);
  return (
    <figure className="jp-tracker-preview">
      <figcaption>{file.path}</figcaption>
      {!canShow && (
        <p className="jp-tracker-nothing">
          {isTooLarge
            ? trans.__('This file is too large to be shown here. Download it.')
            : trans.__('This kind of file cannot be shown here. Download it.')}
        </p>
      )}
      {content?.error && (
        <p className="jp-tracker-nothing" role="alert">
          {content.error}
        </p>
      )}
      {content?.image && <img src={content.image} alt={file.path} />}
      {content?.text !== undefined && <pre tabIndex={0}>{content.text}</pre>}
    </figure>
  );
}

interface Content {
  image?: string;
  text?: string;
  error?: string;
}

function useContent(
  model: ArtifactsModel,
  path: string | null,
  kind: string
): Content | null {
  const [content, setContent] = React.useState<Content | null>(null);
  React.useEffect(() => {
    if (path === null) {
      return;
    }
    let isWanted = true;
    let url: string | null = null;
    const read = async () => {
      const blob = await model.read(path);
      if (!isWanted) {
        return;
      }
      if (kind === 'image') {
        url = URL.createObjectURL(blob.slice(0, blob.size, imageType(path)));
        setContent({ image: url });
      } else {
        setContent({ text: shortened(await blob.text()) });
      }
    };
    read().catch(error => {
      if (isWanted && !isAbort(error)) {
        setContent({ error: asApiError(error).message });
      }
    });
    return () => {
      isWanted = false;
      if (url) {
        URL.revokeObjectURL(url);
      }
    };
  }, [model, path, kind]);
  return content;
}

function shortened(text: string): string {
  return text.length > LONGEST_TEXT
    ? `${text.slice(0, LONGEST_TEXT)}\n…`
    : text;
}
