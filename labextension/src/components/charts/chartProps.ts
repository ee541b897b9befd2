import type { MutableRefObject } from 'react';

import type { CompareModel } from '../../models/compare/compare';
import type { View } from '../../models/views/preferences';
import type { RunRow } from '../../wire';
import type { Figure } from './figure';

/** What a chart of some metrics of some runs is made from. */
export interface ChartProps {
  model: CompareModel;
  /** Names the chart among others; the first of its metrics. */
  metric: string;
  metrics: readonly string[];
  runs: readonly RunRow[];
  view: View;
  emphasis: string | null;
  height: number;
  /** Where the chart puts what returns it as a figure. */
  figure: MutableRefObject<() => Figure>;
}
