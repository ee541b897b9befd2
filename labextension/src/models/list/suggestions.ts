import type { FieldKind, FieldRow, FieldsAnswer, ValueRow } from '../../wire';
import type { Spot } from './filterSpot';

/** Something that can be put where the cursor is. */
export interface Suggestion {
  readonly kind: FieldKind | 'operator' | 'value' | 'join';
  readonly label: string;
  /** What is put into the filter. */
  readonly insert: string;
  /** How many runs have it; null where that is not told. */
  readonly runs: number | null;
  readonly note: ValueRow['note'];
}

const MOST = 40;
/** Names that people gave come before those that every run has. */
const KINDS: readonly FieldKind[] = [
  'metrics',
  'params',
  'tags',
  'attributes',
  'datasets'
];
/** Tags of the trackers themselves are rarely meant. */
const INTERNAL = /^tags\.[`'"]?(?:mlflow|tracker)\./;

/** Return the field that a name in a filter means; undefined where it is none of those known. */
export function fieldCalled(
  name: string,
  { fields, summaries }: FieldsAnswer
): FieldRow | undefined {
  const found = fields.find(row => row.field === name);
  if (found || !name) {
    return found;
  }
  const short = fields.find(
    row => row.kind === 'attributes' && row.key === name
  );
  const dot = name.lastIndexOf('.');
  const summary = summaries.find(row => row.name === name.slice(dot + 1));
  const metric =
    summary && fields.find(row => row.field === name.slice(0, dot));
  return (
    short ??
    (metric && summary && { ...metric, ...summary, field: name, key: name })
  );
}

/** Return what fits the cursor, the likeliest first. */
export function suggestionsAt(
  spot: Spot,
  answer: FieldsAnswer,
  values: readonly ValueRow[]
): Suggestion[] {
  switch (spot.expected) {
    case 'field':
      return fieldSuggestions(spot.typed, answer);
    case 'operator':
      return operatorSuggestions(spot, answer);
    case 'value':
      return values.map(({ value, runs, note }) => ({
        kind: 'value',
        label: value,
        insert: valueInserted(value, spot),
        runs,
        note
      }));
    default:
      return ['AND', 'OR']
        .filter(word => begins(word, spot.typed))
        .map(word => plain('join', word, `${word} `));
  }
}

/** Return a filter with a suggestion put in, and where the cursor is then. */
export function withSuggestion(
  text: string,
  spot: Spot,
  { insert }: Suggestion
): { text: string; cursor: number } {
  const rest = text.slice(spot.to).replace(/^ /, '');
  const gap =
    spot.from > 0 && !/[\s(]$/.test(text.slice(0, spot.from)) ? ' ' : '';
  const before = text.slice(0, spot.from) + gap + insert;
  return { text: before + rest, cursor: before.length };
}

function fieldSuggestions(typed: string, answer: FieldsAnswer): Suggestion[] {
  const wanted = typed.toLowerCase().replace(/[`'"]/g, '');
  const rows = [...answer.fields, ...summariesOf(typed, answer)];
  return rows
    .map(row => ({ row, rank: rankOf(row, wanted) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST)
    .map(({ row }) => ({
      kind: row.kind,
      label: row.field,
      insert: `${row.field} `,
      runs: row.runs,
      note: null
    }));
}

/** The summaries of a metric, once its whole name and a dot were typed. */
function summariesOf(typed: string, answer: FieldsAnswer): FieldRow[] {
  const metric = answer.fields.find(
    row => row.kind === 'metrics' && typed.startsWith(`${row.field}.`)
  );
  return metric
    ? answer.summaries.map(summary => ({
        ...metric,
        ...summary,
        field: `${metric.field}.${summary.name}`,
        key: `${metric.key}.${summary.name}`
      }))
    : [];
}

/** Whole names and their beginnings first; of those alike the kinds in order, common ones first. */
function rankOf(row: FieldRow, wanted: string): number {
  const key = row.key.toLowerCase();
  const name = `${row.kind}.${key}`;
  const place = [key, name].includes(wanted)
    ? 0
    : begins(key, wanted) || begins(name, wanted)
      ? 1
      : name.includes(wanted)
        ? 2
        : Infinity;
  const internal = INTERNAL.test(row.field) ? 10 : 0;
  return (
    place * 1_000 +
    (KINDS.indexOf(row.kind) + internal) * 10 -
    (row.runs ?? 0) / 1_001
  );
}

function operatorSuggestions(spot: Spot, answer: FieldsAnswer): Suggestion[] {
  const { begun, typed, field } = spot;
  const row = fieldCalled(field, answer);
  const start = begun === '' ? '' : `${begun} `;
  return (row?.operators ?? [])
    .filter(operator => begins(operator, start + typed))
    .map(operator => {
      const rest = operator.slice(start.length);
      const end = operator.endsWith('IN') ? ' (' : ' ';
      return plain('operator', operator, rest + end);
    });
}

function valueInserted(value: string, { inList }: Spot): string {
  return inList ? value : `${value} `;
}

function begins(text: string, start: string): boolean {
  return text.toLowerCase().startsWith(start.toLowerCase());
}

function plain(
  kind: 'operator' | 'join',
  label: string,
  insert: string
): Suggestion {
  return { kind, label, insert, runs: null, note: null };
}
