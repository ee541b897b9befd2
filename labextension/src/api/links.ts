import { Requests } from './requests';
import type {
  ExportAnswer,
  ExportRequest,
  JobAnswer,
  JobRequest,
  NotebookAnswer,
  NotebookRequest,
  PlanAnswer,
  PlanRequest,
  RunLinks
} from '../wire';

/** What can be done with a run beyond looking at it. */
export interface ILinksApi {
  /** Where a run comes from, and what can be done with it. */
  links(folder: string, runId: string): Promise<RunLinks>;
  /** Write its code as a notebook. */
  notebook(runId: string, request: NotebookRequest): Promise<NotebookAnswer>;
  /** What running it again would execute. */
  plan(runId: string, request: PlanRequest): Promise<PlanAnswer>;
  /** Run it again, or verify it. */
  start(runId: string, request: JobRequest): Promise<JobAnswer>;
  /** End what was started. */
  cancel(jobId: string): Promise<JobAnswer>;
  /** Write it as an MLproject. */
  export(runId: string, request: ExportRequest): Promise<ExportAnswer>;
}

/** Asks tracker's routes about what can be done with runs. */
export class LinksApi extends Requests implements ILinksApi {
  links(folder: string, runId: string): Promise<RunLinks> {
    return this.get(['runs', runId, 'links'], { folder });
  }

  notebook(runId: string, request: NotebookRequest): Promise<NotebookAnswer> {
    return this.post(['runs', runId, 'notebook'], request);
  }

  plan(runId: string, request: PlanRequest): Promise<PlanAnswer> {
    return this.post(['runs', runId, 'plan'], request);
  }

  start(runId: string, request: JobRequest): Promise<JobAnswer> {
    return this.post(['runs', runId, 'jobs'], request);
  }

  cancel(jobId: string): Promise<JobAnswer> {
    return this.post(['jobs', jobId, 'cancel'], {});
  }

  export(runId: string, request: ExportRequest): Promise<ExportAnswer> {
    return this.post(['runs', runId, 'export'], request);
  }
}
