import { asApiError } from '../errors';
import { Requests } from './requests';
import type { FindAnswer, ModelAnswer, RunDetail, TableAnswer } from '../wire';

/** Some bytes of a file, and what is known of the whole. */
export interface FilePart {
  readonly bytes: Uint8Array;
  /** The byte at which they begin. */
  readonly start: number;
  /** The size of the file; null where the part lies beyond its end. */
  readonly size: number | null;
}

/** The part of a table to read. */
export interface TableWindow {
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** What is asked about one run beyond its row, and about its files beyond their bytes. */
export interface IFilesApi {
  /** A run's family and data. */
  detail(
    folder: string,
    runId: string,
    signal?: AbortSignal
  ): Promise<RunDetail>;
  /** The bytes from `start` up to `end`, as far as the file goes. */
  part(file: FileId, start: number, end: number): Promise<FilePart>;
  /** Rows and columns of a table. */
  table(file: FileId, window: TableWindow): Promise<TableAnswer>;
  /** Where a text stands, from a byte on. */
  find(file: FileId, text: string, offset: number): Promise<FindAnswer>;
  /** What a file `MLmodel` says. */
  model(file: FileId): Promise<ModelAnswer>;
  /** Where the browser itself reads a file, to play or to save it. */
  fileUrl(file: FileId): string;
  /** Where the browser saves a folder's files as one archive. */
  zipUrl(file: FileId): string;
}

/** Names a file or folder of a run. */
export interface FileId {
  readonly folder: string;
  readonly runId: string;
  readonly path: string;
  readonly signal?: AbortSignal;
}

/** The largest answer that is taken where a proxy sends a file instead of a part of it. */
const LARGEST_WHOLE = 20_000_000;

/** Asks tracker's routes about the files of runs. */
export class FilesApi extends Requests implements IFilesApi {
  detail(
    folder: string,
    runId: string,
    signal?: AbortSignal
  ): Promise<RunDetail> {
    return this.get(['runs', runId], { folder }, signal);
  }

  async part(file: FileId, start: number, end: number): Promise<FilePart> {
    const { folder, runId, path, signal } = file;
    const url = this.url(['runs', runId, 'artifact'], { folder, path });
    const headers = { Range: `bytes=${start}-${Math.max(start, end - 1)}` };
    let response: Response;
    try {
      response = await this.request(url, { headers, signal });
    } catch (error) {
      if (asApiError(error).status === 416) {
        return { bytes: new Uint8Array(), start, size: null };
      }
      throw error;
    }
    if (response.status !== 206) {
      return whole(response);
    }
    const told = /^bytes (\d+)-\d+\/(\d+)$/.exec(
      response.headers.get('Content-Range') ?? ''
    );
    const bytes = new Uint8Array(await response.arrayBuffer());
    return {
      bytes,
      start: told ? Number(told[1]) : start,
      size: told ? Number(told[2]) : start + bytes.length
    };
  }

  table(file: FileId, window: TableWindow): Promise<TableAnswer> {
    const { folder, runId, path, signal } = file;
    const { row, rows, column, columns } = window;
    const asked = Object.entries({ row, rows, column, columns });
    const query = {
      folder,
      path,
      ...Object.fromEntries(asked.map(([name, value]) => [name, String(value)]))
    };
    return this.get(['runs', runId, 'artifact', 'table'], query, signal);
  }

  find(file: FileId, text: string, offset: number): Promise<FindAnswer> {
    const { folder, runId, path, signal } = file;
    const query = { folder, path, text, offset: String(offset) };
    return this.get(['runs', runId, 'artifact', 'find'], query, signal);
  }

  model(file: FileId): Promise<ModelAnswer> {
    const { folder, runId, path, signal } = file;
    const query = { folder, path };
    return this.get(['runs', runId, 'artifact', 'model'], query, signal);
  }

  fileUrl({ folder, runId, path }: FileId): string {
    return this._browserUrl(['runs', runId, 'artifact'], { folder, path });
  }

  zipUrl({ folder, runId, path }: FileId): string {
    return this._browserUrl(['runs', runId, 'artifacts', 'zip'], {
      folder,
      path
    });
  }

  /** The browser sends no headers of ours: what they prove goes into the URL, as for JupyterLab's. */
  private _browserUrl(path: string[], query: Record<string, string>): string {
    const { appendToken, token } = this.settings;
    const xsrf = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie)?.[1];
    return this.url(path, {
      ...query,
      ...(xsrf ? { _xsrf: xsrf } : {}),
      ...(appendToken && token ? { token } : {})
    });
  }
}

/** A file that is sent whole: empty ones are, and all where a proxy drops the header Range. */
async function whole(response: Response): Promise<FilePart> {
  if (Number(response.headers.get('Content-Length') ?? 0) > LARGEST_WHOLE) {
    await response.body?.cancel();
    throw new Error(
      'Something between the browser and Jupyter does not pass on parts of files. Download it.'
    );
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, start: 0, size: bytes.length };
}
