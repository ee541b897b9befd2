import { ServerConnection } from '@jupyterlab/services';
import { expect, test, vi } from 'vitest';

import { Api } from '../api';
import { ApiError } from '../errors';

function apiWith(answer: () => Response | Promise<Response>) {
  const fetch = vi.fn((_request: Request) => Promise.resolve(answer()));
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://hub/user/ada/',
    wsUrl: 'ws://hub/user/ada/',
    token: 'secret',
    appendToken: true,
    fetch: fetch as unknown as typeof globalThis.fetch,
    WebSocket: class {
      constructor(readonly url: string) {}
    } as unknown as typeof WebSocket
  });
  return { api: new Api(settings), asked: () => fetch.mock.calls[0][0] };
}

const json = (value: object, status = 200) =>
  new Response(JSON.stringify(value), { status });

async function failureOf(answer: Response | Error): Promise<ApiError> {
  const { api } = apiWith(() => {
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  });
  const failure: unknown = await api.experiments('').catch((e: unknown) => e);
  expect(failure).toBeInstanceOf(ApiError);
  return failure as ApiError;
}

test('questions go to the server that served the page, below its prefix', async () => {
  const { api, asked } = apiWith(() => json({ path: 'a b', files: [] }));
  await api.artifacts('study/été', 'run1', 'a b/c&d');
  // JupyterLab itself adds a number, against caches.
  expect(asked().url.replace(/&\d+$/, '')).toBe(
    'http://hub/user/ada/tracker/api/runs/run1/artifacts?folder=study%2F%C3%A9t%C3%A9&path=a%20b%2Fc%26d'
  );
  expect(asked().headers.get('Authorization')).toBe('token secret');
});

test('bodies are sent as JSON', async () => {
  const { api, asked } = apiWith(() => json({ runs: [] }));
  await api.searchRuns({ folder: '', filter: 'metrics.loss < 1' });
  expect(asked().method).toBe('POST');
  expect(asked().headers.get('Content-Type')).toBe('application/json');
  expect(await asked().json()).toEqual({
    folder: '',
    filter: 'metrics.loss < 1'
  });
});

test('the live channel takes the token along, which a socket cannot send as a header', () => {
  const { api } = apiWith(() => json({}));
  expect(api.openLive('a b').url).toBe(
    'ws://hub/user/ada/tracker/api/live?folder=a%20b&token=secret'
  );
});

test('what the server says of a filter is kept, with the place', async () => {
  const answer = { error_code: 'INVALID', message: 'column 4: no', column: 4 };
  expect(await failureOf(json(answer, 400))).toMatchObject({
    message: 'column 4: no',
    code: 'INVALID',
    column: 4,
    status: 400
  });
});

test('an answer of a proxy is told by its status', async () => {
  const answer = new Response('<html>', {
    status: 502,
    statusText: 'Bad Gateway'
  });
  expect(await failureOf(answer)).toMatchObject({
    message: '502 Bad Gateway',
    column: null
  });
});

test('a server that does not answer is offline', async () => {
  expect((await failureOf(new TypeError('Failed to fetch'))).isOffline).toBe(
    true
  );
});

test('a question nobody waits for any more is no failure', async () => {
  const abort = new AbortController();
  const { api } = apiWith(() => {
    abort.abort();
    throw new DOMException('aborted', 'AbortError');
  });
  await expect(api.experiments('', abort.signal)).rejects.toMatchObject({
    name: 'AbortError'
  });
});
