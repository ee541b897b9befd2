import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import { isAbort } from '../../errors';
import type { ArtifactsModel } from '../../models/artifacts';
import type { Output } from '../../models/outputs';
import { readOutputs } from '../../models/outputs';
import { useSignal } from '../common/context';
import { LARGEST_OUTPUTS } from './files';
import { Rendered } from './Rendered';

/** Where capture keeps what a cell showed. */
const FOLDER = 'cell';
const FILE = 'cell/outputs.json';

/** What the run's cell showed, as the notebook would show it. */
export function useOutputs(model: ArtifactsModel): readonly Output[] {
  useSignal(model.changed);
  const [outputs, setOutputs] = React.useState<readonly Output[]>([]);
  const file = model.folder(FOLDER)?.files.find(({ path }) => path === FILE);
  const size = file?.file_size ?? null;
  React.useEffect(() => {
    let isWanted = true;
    if (size !== null && size <= LARGEST_OUTPUTS) {
      model
        .read(FILE)
        .then(blob => blob.text())
        .then(text => isWanted && setOutputs(readOutputs(text)))
        .catch(error => {
          // The file itself is among the artifacts, where the reason is shown.
          if (!isAbort(error)) {
            setOutputs([]);
          }
        });
    }
    return () => {
      isWanted = false;
    };
  }, [model, size]);
  return outputs;
}

/** Text, tables and figures, one below the other. */
export function Outputs(props: {
  outputs: readonly Output[];
  rendermime: IRenderMimeRegistry;
}): JSX.Element {
  return (
    <div className="jp-tracker-outputs" tabIndex={0}>
      {props.outputs.map((output, i) => (
        <OneOutput key={i} output={output} rendermime={props.rendermime} />
      ))}
    </div>
  );
}

function OneOutput(props: {
  output: Output;
  rendermime: IRenderMimeRegistry;
}): JSX.Element {
  const { output, rendermime } = props;
  const bundle = React.useMemo(() => bundleOf(output), [output]);
  return <Rendered rendermime={rendermime} bundle={bundle} />;
}

/** Streams and errors are drawn with their colours by JupyterLab's own renderers. */
function bundleOf(output: Output): Record<string, unknown> {
  if (output.kind === 'data') {
    return output.bundle;
  }
  const type =
    output.kind === 'error' || output.name === 'stderr'
      ? 'application/vnd.jupyter.stderr'
      : 'application/vnd.jupyter.stdout';
  return { [type]: output.text };
}
