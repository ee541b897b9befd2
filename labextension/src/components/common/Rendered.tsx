import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

/** A bundle of one thing in several mime types, as notebooks hold it. */
export type MimeBundle = Record<string, unknown>;

/**
 * What JupyterLab draws of a bundle, never trusted: HTML is cleaned and scripts do not run.
 * Nothing where no renderer knows any of its types.
 */
export function Rendered(props: {
  rendermime: IRenderMimeRegistry;
  bundle: MimeBundle;
  label?: string;
}): JSX.Element {
  const { rendermime, bundle } = props;
  const host = React.useRef<HTMLDivElement>(null);
  // Before the page loses the node: a widget can only leave where it still is.
  React.useLayoutEffect(() => {
    const node = host.current;
    const data = bundle as Record<string, string>;
    const type = rendermime.preferredMimeType(data, 'any');
    if (!node || type === undefined) {
      return;
    }
    const renderer = rendermime.createRenderer(type);
    void renderer.renderModel(rendermime.createModel({ data, trusted: false }));
    Widget.attach(renderer, node);
    return () => renderer.dispose();
  }, [rendermime, bundle]);
  return (
    <div ref={host} className="jp-tracker-rendered" aria-label={props.label} />
  );
}
