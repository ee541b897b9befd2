import type { FilePart, IFilesApi, TableWindow } from '../../api/files';
import type {
  FindAnswer,
  ModelAnswer,
  RunDetail,
  TableAnswer
} from '../../wire';

/** Looks into the files of one run without loading them. */
export class RunFiles {
  constructor(
    private readonly _api: IFilesApi,
    readonly folder: string,
    readonly runId: string
  ) {}

  detail(signal?: AbortSignal): Promise<RunDetail> {
    return this._api.detail(this.folder, this.runId, signal);
  }

  part(
    path: string,
    start: number,
    end: number,
    signal?: AbortSignal
  ): Promise<FilePart> {
    return this._api.part(this._id(path, signal), start, end);
  }

  table(
    path: string,
    window: TableWindow,
    signal?: AbortSignal
  ): Promise<TableAnswer> {
    return this._api.table(this._id(path, signal), window);
  }

  find(
    path: string,
    text: string,
    offset: number,
    signal?: AbortSignal
  ): Promise<FindAnswer> {
    return this._api.find(this._id(path, signal), text, offset);
  }

  model(path: string, signal?: AbortSignal): Promise<ModelAnswer> {
    return this._api.model(this._id(path, signal));
  }

  fileUrl(path: string): string {
    return this._api.fileUrl(this._id(path));
  }

  zipUrl(path: string): string {
    return this._api.zipUrl(this._id(path));
  }

  private _id(path: string, signal?: AbortSignal) {
    return { folder: this.folder, runId: this.runId, path, signal };
  }
}
