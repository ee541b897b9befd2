import * as React from 'react';

import { useTrans } from '../common/context';

/** Nothing is fetched and nothing is sent, whatever the page tries. */
const POLICY =
  "default-src 'none'; img-src data: blob:; media-src data: blob:; font-src data:; " +
  "style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";
const SCRIPTS = "; script-src 'unsafe-inline' 'unsafe-eval'; worker-src blob:";

/**
 * A page in a frame that knows nothing of JupyterLab: no origin, no network, and no scripts until
 * somebody lets them run.
 */
export function HtmlView(props: { html: string; path: string }): JSX.Element {
  const { html, path } = props;
  const trans = useTrans();
  const [isRunning, setRunning] = React.useState(false);
  const hasScripts = React.useMemo(() => /<script\b/i.test(html), [html]);
  const page = React.useMemo(
    () => guarded(html, isRunning ? POLICY + SCRIPTS : POLICY),
    [html, isRunning]
  );
  return (
    <div className="jp-tracker-html">
      {hasScripts && (
        <div className="jp-tracker-viewer-bar">
          <span>
            {isRunning
              ? trans.__(
                  'Its scripts run, without network and apart from Jupyter.'
                )
              : trans.__('This page has scripts, which do not run yet.')}
          </span>
          <button
            type="button"
            className="jp-tracker-button"
            aria-pressed={isRunning}
            onClick={() => setRunning(!isRunning)}
          >
            {isRunning ? trans.__('Stop them') : trans.__('Run its scripts')}
          </button>
        </div>
      )}
      <iframe
        key={String(isRunning)}
        title={path}
        sandbox={isRunning ? 'allow-scripts' : ''}
        srcDoc={page}
        referrerPolicy="no-referrer"
      />
    </div>
  );
}

/** The policy comes first: what a page says of itself later can only make it stricter. */
export function guarded(html: string, policy: string): string {
  return `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="${policy}"><meta charset="utf-8">${html}`;
}
