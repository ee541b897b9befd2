import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError, isAbort } from './errors';
import type {
  ArtifactsAnswer,
  EditAnswer,
  EditRequest,
  ErrorAnswer,
  ExperimentsAnswer,
  HistoryAnswer,
  HistoryRequest,
  SearchAnswer,
  SearchRequest
} from './wire';

const ROOT = 'tracker/api';

/** The one client of the server: every URL, typed. Methods reject with `ApiError` or AbortError. */
export interface IApi {
  /** Which store belongs to a folder, and its experiments. */
  experiments(folder: string, signal?: AbortSignal): Promise<ExperimentsAnswer>;
  /** A page of runs. */
  searchRuns(
    request: SearchRequest,
    signal?: AbortSignal
  ): Promise<SearchAnswer>;
  /** Rename, tag, delete or restore runs. */
  editRuns(request: EditRequest): Promise<EditAnswer>;
  /** Points of metrics. */
  history(
    request: HistoryRequest,
    signal?: AbortSignal
  ): Promise<HistoryAnswer>;
  /** One folder of a run's artifacts. */
  artifacts(
    folder: string,
    runId: string,
    path: string,
    signal?: AbortSignal
  ): Promise<ArtifactsAnswer>;
  /** The bytes of one artifact. */
  artifact(
    folder: string,
    runId: string,
    path: string,
    signal?: AbortSignal
  ): Promise<Blob>;
  /** Open the channel that tells what changed. */
  openLive(folder: string): WebSocket;
}

/** Talks to tracker's routes on the Jupyter server that served this page. */
export class Api implements IApi {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  experiments(
    folder: string,
    signal?: AbortSignal
  ): Promise<ExperimentsAnswer> {
    return this._get(['experiments'], { folder }, signal);
  }

  searchRuns(
    request: SearchRequest,
    signal?: AbortSignal
  ): Promise<SearchAnswer> {
    return this._post(['runs', 'search'], request, signal);
  }

  editRuns(request: EditRequest): Promise<EditAnswer> {
    return this._post(['runs', 'edit'], request);
  }

  history(
    request: HistoryRequest,
    signal?: AbortSignal
  ): Promise<HistoryAnswer> {
    return this._post(['metrics', 'history'], request, signal);
  }

  artifacts(
    folder: string,
    runId: string,
    path: string,
    signal?: AbortSignal
  ): Promise<ArtifactsAnswer> {
    return this._get(['runs', runId, 'artifacts'], { folder, path }, signal);
  }

  async artifact(
    folder: string,
    runId: string,
    path: string,
    signal?: AbortSignal
  ): Promise<Blob> {
    const url = this._url(['runs', runId, 'artifact'], { folder, path });
    return (await this._request(url, { signal })).blob();
  }

  openLive(folder: string): WebSocket {
    const { wsUrl, token, appendToken, WebSocket } = this._settings;
    const query: Record<string, string> = { folder };
    if (appendToken && token) {
      query.token = token;
    }
    return new WebSocket(
      URLExt.join(wsUrl, ROOT, 'live') + URLExt.objectToQueryString(query)
    );
  }

  private async _get<T>(
    path: string[],
    query: Record<string, string>,
    signal?: AbortSignal
  ): Promise<T> {
    const response = await this._request(this._url(path, query), { signal });
    return (await response.json()) as T;
  }

  private async _post<T>(
    path: string[],
    body: object,
    signal?: AbortSignal
  ): Promise<T> {
    const init = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal
    };
    const response = await this._request(this._url(path, {}), init);
    return (await response.json()) as T;
  }

  private _url(path: string[], query: Record<string, string>): string {
    const parts = path.map(encodeURIComponent);
    const url = URLExt.join(this._settings.baseUrl, ROOT, ...parts);
    return url + URLExt.objectToQueryString(query);
  }

  private async _request(url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this._settings);
    } catch (error) {
      throw isAbort(error) || init.signal?.aborted
        ? new DOMException('No longer wanted.', 'AbortError')
        : new ApiError('The Jupyter server does not answer.', 0);
    }
    if (!response.ok) {
      throw await toApiError(response);
    }
    return response;
  }
}

async function toApiError(response: Response): Promise<ApiError> {
  let answer: Partial<ErrorAnswer> = {};
  try {
    answer = (await response.json()) as Partial<ErrorAnswer>;
  } catch {
    // A proxy or another handler answered: the status has to do.
  }
  return new ApiError(
    answer.message ?? `${response.status} ${response.statusText}`,
    response.status,
    answer.error_code,
    answer.column ?? null
  );
}
