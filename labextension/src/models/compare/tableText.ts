import type { RunRow } from '../../wire';
import type { Section } from './table';

/** Return the table as Markdown, one column a run, with the values as they are shown. */
export function toMarkdown(
  sections: readonly Section[],
  runs: readonly RunRow[]
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = ['', ...runs.map(run => escapeMarkdown(run.run_name))];
  const rows = sections.flatMap(section =>
    section.rows.map(row => [
      escapeMarkdown(row.label),
      ...row.cells.map(cell => escapeMarkdown(cell.text))
    ])
  );
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map(line).join('\n') + '\n';
}

/** Return the table as CSV (RFC 4180), one line a run, with the exact values. */
export function toCsv(
  sections: readonly Section[],
  runs: readonly RunRow[]
): string {
  const rows = sections.flatMap(section => section.rows);
  const head = ['run_name', ...rows.map(row => columnName(row.kind, row.key))];
  const lines = runs.map((run, i) => [
    run.run_name,
    ...rows.map(row => row.cells[i].value ?? '')
  ]);
  return [head, ...lines]
    .map(cells => cells.map(csvCell).join(',') + '\r\n')
    .join('');
}

/** Return the code of a cell that reads these runs as a DataFrame. */
export function toCode(runIds: readonly string[]): string {
  const ids = runIds.map(runId => `'${runId}'`).join(', ');
  return [
    'import tracker',
    '',
    'runs = tracker.search_runs(',
    '    search_all_experiments=True,',
    `    filter_string="attributes.run_id IN (${ids})",`,
    ')',
    'runs',
    ''
  ].join('\n');
}

function columnName(kind: string, key: string): string {
  return kind === 'attribute' ? key : `${kind}s.${key}`;
}

function csvCell(text: string): string {
  // A spreadsheet would run what looks like a formula; numbers with a sign are none.
  const isFormula =
    /^[=@\t\r]/.test(text) || /^[+-](?![\d.]|Infinity)/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ');
}
