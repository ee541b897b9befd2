import type { ILinksApi } from '../../api/links';
import type { JobRow } from '../../wire';

/** Between two questions about a job, in ms. */
const INTERVAL = 1_000;
/** Questions in a row that may fail before a job is given up. */
const PATIENCE = 30;

/** Whether a job is still to end. */
export function isGoingOn({ state }: JobRow): boolean {
  return state === 'waiting' || state === 'running';
}

/** Follow a job to its end, telling of it on the way; null where nobody knows it any more. */
export async function follow(
  api: Pick<ILinksApi, 'links'>,
  folder: string,
  job: JobRow,
  tell: (job: JobRow) => void
): Promise<JobRow | null> {
  let failures = 0;
  let said = job.said;
  for (;;) {
    await new Promise(resolve => window.setTimeout(resolve, INTERVAL));
    let jobs: JobRow[];
    try {
      ({ jobs } = await api.links(folder, job.run_id));
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures >= PATIENCE) {
        throw error;
      }
      continue;
    }
    const now = jobs.find(({ job_id }) => job_id === job.job_id);
    if (!now) {
      return null;
    }
    if (!isGoingOn(now)) {
      return now;
    }
    if (now.said !== said) {
      said = now.said;
      tell(now);
    }
  }
}
