/** What a filter can ask about: names that runs have, operators, and values that exist. */

export type FieldKind =
  'attributes' | 'params' | 'metrics' | 'tags' | 'datasets';
export type ValueKind = 'text' | 'number' | 'time' | 'duration';

/** `field` is as a filter writes it; `runs` ends at 1,000, and is null where all have it. */
export interface FieldRow {
  field: string;
  kind: FieldKind;
  key: string;
  type: ValueKind;
  operators: string[];
  runs: number | null;
}

/** What may follow the name of a metric, as in `metrics.loss.min`. */
export interface SummaryRow {
  name: string;
  type: ValueKind;
  operators: string[];
}

export interface FieldsAnswer {
  fields: FieldRow[];
  summaries: SummaryRow[];
}

/** `value` is as a filter writes it; `note` tells of a number where it lies among the others. */
export interface ValueRow {
  value: string;
  runs: number | null;
  note: 'min' | 'q1' | 'median' | 'q3' | 'max' | null;
}

export interface ValuesAnswer {
  values: ValueRow[];
}
