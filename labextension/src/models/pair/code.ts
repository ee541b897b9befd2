/** A cell that a run is or depends on. */
export interface CodeCell {
  readonly order: number;
  /** How people call it: its prompt, or its place in the session. */
  readonly name: string;
  readonly source: string;
  /** Whether the run took place in it. */
  readonly isRun: boolean;
}

/** What ran, as capture keeps it in `code/session.json` and `code/lineage.json`. */
export interface RunCode {
  /** The cells that the run depends on and itself, in the order executed. */
  readonly cells: readonly CodeCell[];
  /** What would keep the notebook from giving the run again, in words. */
  readonly findings: readonly string[];
  /** The number of cells of the session that the run does not depend on. */
  readonly others: number;
}

/** Return what both files say; null where they do not look like it. */
export function readCode(session: string, lineage: string): RunCode | null {
  const told = parse(session);
  const chosen = parse(lineage);
  if (!told || !chosen) {
    return null;
  }
  const sources = list(told.sources).map(String);
  const slice = new Set(list(chosen.slice));
  const targets = new Set(list(chosen.targets));
  const rows = list(told.cells).map(record);
  const kept = rows.filter(row => slice.has(row.order));
  const cells = kept.flatMap((row): CodeCell[] => {
    const source = sources[Number(row.raw_source)];
    const { order } = row;
    return typeof order !== 'number' || source === undefined
      ? []
      : [{ order, name: nameOf(row), source, isRun: targets.has(order) }];
  });
  const findings = list(chosen.findings)
    .map(finding => record(finding).text)
    .filter(text => typeof text === 'string');
  return { cells, findings, others: rows.length - kept.length };
}

function nameOf(row: Record<string, unknown>): string {
  return typeof row.execution_count === 'number'
    ? `In [${row.execution_count}]`
    : `cell ${Number(row.order) + 1}`;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return record(JSON.parse(text));
  } catch {
    return null;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
