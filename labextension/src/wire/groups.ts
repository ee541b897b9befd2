/** Runs put into groups by a param or a tag, all that match, read by the page or not. */

import type { WireNumber } from './message';

/** What runs of a group share. */
export interface GroupBy {
  kind: 'param' | 'tag';
  key: string;
}

/** A number that each run has of a metric. */
export interface GroupMetric {
  key: string;
  summary: 'last' | 'min' | 'max';
}

/** Which runs, as in a SearchRequest; `limit`: 1 to 1,000 groups, where absent 200. */
export interface GroupsRequest {
  folder: string;
  by: GroupBy;
  experiment_ids?: string[];
  filter?: string;
  view?: 'active' | 'deleted' | 'all';
  metrics?: GroupMetric[];
  /** Where absent of the newest run; 'mean' is that of the first metric. */
  order_by?: 'newest' | 'value' | 'count' | 'mean';
  ascending?: boolean;
  limit?: number;
}

/** `count` runs have a number, not NaN; one run has no deviation. */
export interface SpreadRow {
  count: number;
  mean: WireNumber;
  std: WireNumber | null;
}

/** `value` is null for runs that have none. `metrics` are in the order asked for. */
export interface GroupRow {
  value: string | null;
  count: number;
  newest: number;
  metrics: (SpreadRow | null)[];
}

/** `total` counts all groups; where not `is_all`, more runs match than could be looked at. */
export interface GroupsAnswer {
  groups: GroupRow[];
  total: number;
  runs: number;
  is_all: boolean;
}
