"""Requests to one server: every answer is bounded, checked and, where it refuses, made an error.

Redirects are not followed: they would carry credentials elsewhere, and a login page would pass for
an answer.
"""

from __future__ import annotations

import json
import logging
import random
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, urlsplit

from tracker.errors import InvalidValue, StoreError
from tracker.remote import credentials, refusals
from tracker.remote.address import Address
from tracker.remote.bodies import body_reader
from tracker.remote.errors import Dropped, Later, Unreachable

if TYPE_CHECKING:
    import httpx

API = "/api/2.0/mlflow/"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"
LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes of JSON that are read before the server is given up on."""
LARGEST_REFUSAL = 64 * 1024
CONNECT_TIMEOUT = 5.0
ANSWER_TIMEOUT = 60.0
"""Seconds without a byte."""
KEPT_OPEN = 3.0
"""Seconds that an idle connection is used again: servers close theirs after five."""
PATIENCE = 1.0
"""Seconds until a server that asks for patience is asked again."""
SILENCE = 5.0
"""Seconds for which a server that did not answer is not asked by those who can do without it."""

Query = Sequence[tuple[str, str | int]]
Body = Mapping[str, Any]


class Connection:
    """Talks to the server at an address; any thread may."""

    def __init__(self, address: Address) -> None:
        _load_library()
        _bases.add(address.base)
        self.address = address
        self._client: httpx.Client | None = None
        self._silent_until = 0.0
        self._settings: tuple[str | None, ...] = ()
        self._guard = threading.Lock()

    def get(self, path: str, query: Query = ()) -> dict[str, Any]:
        """Return the answer to a question of the API. Raises Unreachable, NotAllowed, and what
        the server's refusal means."""
        return self._ask_twice("GET", API + path, query=query)

    def search(self, path: str, body: Body) -> dict[str, Any]:
        """Return the answer to a question that has a body. Raises as `get` does."""
        return self._ask_twice("POST", API + path, body=body)

    def post(self, path: str, body: Body) -> dict[str, Any]:
        """Return the answer to a request of the API. Raises as `get` does."""
        return self._ask("POST", API + path, body=body)

    def list_files(self, path: str) -> dict[str, Any]:
        """Return the proxy's listing of a folder of artifacts. Raises as `get` does."""
        return self._ask_twice("GET", PROXY, query=[("path", path)])

    def upload(self, path: str, chunks: Iterable[bytes], size: int) -> None:
        """Send a file of so many bytes through the proxy. Raises as `get` does."""
        self._ask("PUT", _proxied(path), file=chunks, size=size, is_empty=True)

    def remove_files(self, path: str) -> None:
        """Remove a file or folder behind the proxy. Raises as `get` does."""
        self._ask("DELETE", _proxied(path), is_empty=True)

    def download(self, path: str) -> BinaryIO:
        """Return a file that comes through the proxy, to be closed. Raises as `get` does."""
        return body_reader(lambda offset: self._ask_for_file(path, offset), self._in_words)

    def _ask_for_file(self, path: str, offset: int) -> httpx.Response:
        headers = {**self._headers(), "Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        with self._in_words():
            client = self._opened()
            request = client.build_request("GET", self._url(_proxied(path)), headers=headers)
            response = client.send(request, stream=True)
        try:
            with self._in_words():
                self._check(response)
        except BaseException:
            response.close()
            raise
        return response

    def close(self) -> None:
        """Let go of sockets; whoever asks after that opens new ones."""
        with self._guard:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def forget(self) -> None:
        """Begin anew after a fork: the sockets are the parent's."""
        self._guard = threading.Lock()
        _inherited.append(self._client)
        self._client = None

    @property
    def is_silent(self) -> bool:
        """Whether the server was found not to answer, just now."""
        return time.monotonic() < self._silent_until

    # -- one request ------------------------------------------------------------------------

    def _ask_twice(
        self, method: str, path: str, *, query: Query = (), body: Body | None = None
    ) -> dict[str, Any]:
        """Ask what changes nothing; once more where that may help."""
        try:
            return self._ask(method, path, query=query, body=body)
        except Later:
            time.sleep(PATIENCE)
        except Dropped:
            pass
        return self._ask(method, path, query=query, body=body)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        body: Body | None = None,
        file: Iterable[bytes] | None = None,
        size: int | None = None,
        is_empty: bool = False,
    ) -> dict[str, Any]:
        import httpx

        headers = self._headers()
        if body is not None:
            headers["Content-Type"] = "application/json"
        if size is not None:
            headers["Content-Length"] = str(size)
        with self._in_words():
            params = httpx.QueryParams([(name, str(value)) for name, value in query])
            content = file if body is None else _encoded(body)
            with self._opened().stream(
                method, self._url(path), params=params or None, content=content, headers=headers
            ) as response:
                self._silent_until = 0.0
                self._check(response)
                answer = _read(response, LARGEST_ANSWER)
        return {} if is_empty and not answer.strip() else _parsed(answer)

    def _check(self, response: httpx.Response) -> None:
        """Raise what an answer means that is no success."""
        if response.is_success:
            return
        if response.is_redirect:
            raise refusals.redirected(self.address, response.headers.get("Location", ""))
        raise refusals.refused(
            self.address, response.status_code, _read(response, LARGEST_REFUSAL, cut=True)
        )

    def _url(self, path: str) -> str:
        return self.address.base + path

    def _headers(self) -> dict[str, str]:
        return {"User-Agent": "tracker", **credentials.headers_for(self.address)}

    def _opened(self) -> httpx.Client:
        import httpx

        with self._guard:
            settings = credentials.tls_settings()
            if self._client is None or settings != self._settings:
                timeout = httpx.Timeout(ANSWER_TIMEOUT, connect=CONNECT_TIMEOUT)
                # One that is replaced may be in use by another thread: it goes when nobody has it.
                self._client = httpx.Client(
                    timeout=timeout,
                    verify=credentials.verification(),
                    follow_redirects=False,
                    limits=httpx.Limits(keepalive_expiry=KEPT_OPEN),
                )
                self._settings = settings
            return self._client

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Turn the library's errors into ours."""
        import httpx

        try:
            yield
        except UnicodeEncodeError:
            raise InvalidValue("What was asked holds half a surrogate pair.") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> StoreError:
        import httpx

        if isinstance(error, httpx.ConnectError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
            return StoreError(
                f"The certificate of {self.address.base} is not trusted. Name its authority's file "
                "in MLFLOW_TRACKING_SERVER_CERT_PATH."
            )
        why = refusals.clean(str(error) or type(error).__name__)
        message = f"The tracking server {self.address.base} does not answer: {why}."
        if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
            return Dropped(message)
        self._silent_until = time.monotonic() + SILENCE
        is_unsent = isinstance(
            error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.InvalidURL
        )
        return Unreachable(message, is_unsent=is_unsent)


def _load_library() -> None:
    """Import httpx, which draws random numbers when it is: results of the user depend on those."""
    if "httpx" not in sys.modules:
        state = random.getstate()
        import_module("httpx")
        random.setstate(state)
    logging.getLogger("httpx").addFilter(_is_not_ours)  # the same one is added once


def _is_not_ours(record: logging.LogRecord) -> bool:
    """Keep a line for each of our requests out of the output of who logs at INFO."""
    url = record.args[1] if isinstance(record.args, tuple) and len(record.args) > 1 else ""
    return not str(url).startswith(tuple(_bases))


def _encoded(body: Body) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def _proxied(path: str) -> str:
    return f"{PROXY}/{quote(path)}"


def _read(response: httpx.Response, limit: int, *, cut: bool = False) -> bytes:
    """Return the body, or its beginning. Raises StoreError where it is too long to be one."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > limit:
            if cut:
                break
            host = urlsplit(str(response.url)).netloc.rpartition("@")[2]
            raise StoreError(
                f"The answer of {host} was given up after {limit // 2**20} MB: no answer of a "
                "tracking server is that long. Ask for fewer results at a time."
            )
    return b"".join(parts)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        shown = refusals.clean(body[:80].decode("utf-8", "replace"))
        raise StoreError(
            f"What answers is no tracking server: it sent {shown!r} where JSON was due. "
            "Look whether the tracking URI leads to MLflow, and not to a page to log in at."
        )
    return answer


_bases: set[str] = set()
"""Of the servers that we talk to."""
_inherited: list[httpx.Client | None] = []
"""Of the parent of a fork: closing them here would end its connections."""
