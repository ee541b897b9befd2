import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import { Rendered } from '../common/Rendered';

/** Text in the colours of its language, its lines numbered. */
export function SourceView(props: {
  text: string;
  language: string;
  rendermime: IRenderMimeRegistry;
}): JSX.Element {
  const { text, language, rendermime } = props;
  const plain = text.replace(/\n$/, '');
  const bundle = React.useMemo(
    () => fenced(plain, language),
    [plain, language]
  );
  const numbers = React.useMemo(
    () =>
      plain
        .split('\n')
        .map((_, i) => i + 1)
        .join('\n'),
    [plain]
  );
  return (
    <div className="jp-tracker-source" tabIndex={0}>
      <pre aria-hidden="true">{numbers}</pre>
      <Rendered rendermime={rendermime} bundle={bundle} />
    </div>
  );
}

/** JupyterLab colours code in Markdown; the fence is longer than any in the code. */
export function fenced(
  text: string,
  language: string
): Record<string, unknown> {
  const runs = (text.match(/`+/g) ?? []).map(run => run.length);
  const fence = '`'.repeat(Math.max(2, ...runs.slice(0, 10_000)) + 1);
  return { 'text/markdown': `${fence}${language}\n${text}\n${fence}` };
}
