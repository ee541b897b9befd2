import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError, isAbort } from '../errors';
import type { ErrorAnswer } from '../wire';

/** Below which every route of tracker lies. */
export const ROOT = 'tracker/api';

/** Sends requests to tracker's routes on the Jupyter server; they fail with `ApiError` or AbortError. */
export class Requests {
  constructor(protected readonly settings: ServerConnection.ISettings) {}

  protected async get<T>(
    path: string[],
    query: Record<string, string>,
    signal?: AbortSignal
  ): Promise<T> {
    const response = await this.request(this.url(path, query), { signal });
    return (await response.json()) as T;
  }

  protected async post<T>(
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
    const response = await this.request(this.url(path, {}), init);
    return (await response.json()) as T;
  }

  protected url(path: string[], query: Record<string, string>): string {
    const parts = path.map(encodeURIComponent);
    const url = URLExt.join(this.settings.baseUrl, ROOT, ...parts);
    return url + URLExt.objectToQueryString(query);
  }

  protected async request(url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this.settings);
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
