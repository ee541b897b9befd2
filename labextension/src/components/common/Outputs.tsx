import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { Output } from '../../models/files/outputs';
import { Rendered } from './Rendered';

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
