import type { IApi } from '../../api';
import type { RunRow } from '../../wire';

const LARGEST_SEARCH = 1_000;

/** Return the runs of a store that have these ids, by id; those that are gone are left out. */
export async function findRuns(
  api: Pick<IApi, 'searchRuns'>,
  folder: string,
  runIds: readonly string[],
  signal: AbortSignal
): Promise<Map<string, RunRow>> {
  const rows = new Map<string, RunRow>();
  for (let i = 0; i < runIds.length; i += LARGEST_SEARCH) {
    const part = runIds.slice(i, i + LARGEST_SEARCH).filter(isRunId);
    if (part.length === 0) {
      continue;
    }
    const ids = part.map(runId => `'${runId}'`).join(', ');
    const request = {
      folder,
      filter: `attributes.run_id IN (${ids})`,
      view: 'all',
      max_results: LARGEST_SEARCH
    } as const;
    const answer = await api.searchRuns(request, signal);
    answer.runs.forEach(row => rows.set(row.run_id, row));
  }
  return rows;
}

/** Ids come from links and saved layouts: what cannot be one never gets into a filter. */
function isRunId(text: string): boolean {
  return /^[\w-]{1,256}$/.test(text);
}
