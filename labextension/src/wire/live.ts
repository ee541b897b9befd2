/** What changed, told while it does. */

import type { RunRow } from './runs';

/** Sent at connect (with no runs) and whenever the store changed. */
export interface LiveMessage {
  type: 'changes';
  revision: number;
  runs: RunRow[];
  experiments_changed: boolean;
  truncated: boolean;
}
