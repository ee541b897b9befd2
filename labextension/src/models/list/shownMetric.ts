import type { RunRow } from '../../wire';
import { commonMetric, metricCounts } from '../runs/metrics';

/** Which metric a list shows where nobody chose one; it does not change without need. */
export class ShownMetric {
  /** Shown where none was chosen and a run has it; null for the most common one. */
  preferred: string | null = null;

  /** Return the keys that these runs have, and the metric to show. */
  of(
    runs: readonly RunRow[],
    chosen: string | null
  ): { metricKeys: readonly string[]; metric: string | null } {
    const counts = metricCounts(runs);
    this._common = commonMetric(counts, this._common);
    const { preferred } = this;
    const usual =
      preferred !== null && counts.has(preferred) ? preferred : this._common;
    return { metricKeys: [...counts.keys()], metric: chosen ?? usual };
  }

  private _common: string | null = null;
}
