import * as React from 'react';

const DELAY = 90;

/** Return the run that is looked at, and what says so; passing over others changes nothing. */
export function useEmphasis(): [string | null, (runId: string | null) => void] {
  const [emphasis, setEmphasis] = React.useState<string | null>(null);
  const timer = React.useRef(0);
  const later = React.useCallback((runId: string | null) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setEmphasis(runId), DELAY);
  }, []);
  React.useEffect(() => () => window.clearTimeout(timer.current), []);
  return [emphasis, later];
}
