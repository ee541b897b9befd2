import * as React from 'react';

import { useTrans } from '../common/context';

/** Code to be taken along. */
export function Snippet(props: { code: string }): JSX.Element {
  const { code } = props;
  const trans = useTrans();
  const [copied, setCopied] = React.useState(false);
  React.useEffect(() => {
    if (copied) {
      const timer = window.setTimeout(() => setCopied(false), 2_000);
      return () => window.clearTimeout(timer);
    }
  }, [copied]);
  return (
    <div className="jp-tracker-snippet">
      <pre tabIndex={0}>{code}</pre>
      <button
        type="button"
        className="jp-tracker-button"
        onClick={() =>
          void navigator.clipboard?.writeText(code).then(
            () => setCopied(true),
            () => undefined
          )
        }
      >
        {copied ? trans.__('Copied') : trans.__('Copy')}
      </button>
    </div>
  );
}
