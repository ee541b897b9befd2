import * as React from 'react';

import type { ArtifactsModel } from '../../models/files/artifacts';
import type { RunRow } from '../../wire';

/** Time between two looks for new files of a run that goes on. */
const INTERVAL = 5_000;

/** Read the folders that are open again while a run goes on, and once it has ended. */
export function useReloading(
  run: RunRow | undefined,
  artifacts: ArtifactsModel
): void {
  const status = run?.status;
  const before = React.useRef(status);
  React.useEffect(() => {
    if (before.current !== undefined && before.current !== status) {
      void artifacts.reload();
    }
    before.current = status;
    if (status !== 'RUNNING') {
      return;
    }
    const timer = window.setInterval(() => {
      if (!document.hidden) {
        void artifacts.reload();
      }
    }, INTERVAL);
    return () => window.clearInterval(timer);
  }, [status, artifacts]);
}
