"""The protocol over tornado. A thin layer: headers are checked, work is done on threads."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import responses
from typing import Any, TypeVar
from urllib.parse import quote

from tornado import web
from tornado.iostream import StreamClosedError

from tracker.rest import artifacts
from tracker.rest.answers import encode
from tracker.rest.failures import ProtocolError, invalid
from tracker.rest.guard import Guard
from tracker.rest.protocol import Request, Response, failed, respond
from tracker.rest.service import Service
from tracker.rest.upload import Upload

THREADS = 4
UPLOADS = 16
"""Files that may arrive at once; each has a thread, since its client may be slow."""
BODY_LIMIT = 32 * 1024 * 1024
"""Bytes of a request's JSON: room for the largest data set that may be described."""
UPLOAD_LIMIT = 1024**4
CHUNK = 256 * 1024

T = TypeVar("T")


@dataclass
class Backend:
    """What all handlers share: the service, who may ask, and threads for work that blocks."""

    service: Service
    guard: Guard
    version: str
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="tracker-rest")
    )
    uploads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(UPLOADS, thread_name_prefix="tracker-upload")
    )

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, called on one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Finish what runs."""
        self._threads.shutdown()
        self.uploads.shutdown(cancel_futures=True)


class Handler(web.RequestHandler):
    """Checks who asks before anything else, and answers errors in MLflow's JSON."""

    needs_token = True
    backend: Backend

    def initialize(self, backend: Backend) -> None:
        """Take what tornado's table of routes holds for this handler."""
        self.backend = backend

    def set_default_headers(self) -> None:
        """Keep browsers from making a page of what is answered."""
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")

    async def prepare(self) -> None:
        """Refuse requests that may not be answered."""
        try:
            self.backend.guard.check(self.request.headers, needs_token=self.needs_token)
        except ProtocolError as error:
            self.refuse(error)

    def refuse(self, error: Exception) -> None:
        """Answer with an error."""
        self.reply(failed(error))

    def reply(self, response: Response) -> None:
        """Answer with JSON."""
        self.set_status(response.status)
        if response.status == 401:
            self.set_header("WWW-Authenticate", 'Basic realm="tracker"')
        self.set_header("Content-Type", "application/json")
        self.finish(response.body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer what tornado itself refuses as JSON, too."""
        code = {404: "ENDPOINT_NOT_FOUND", 405: "BAD_REQUEST"}.get(status_code, "BAD_REQUEST")
        code = "INTERNAL_ERROR" if status_code >= 500 else code
        reason = responses.get(status_code, "Refused")
        self.set_header("Content-Type", "application/json")
        self.finish(encode({"error_code": code, "message": f"{reason}: {self.request.path[:200]}"}))


@web.stream_request_body
class ProtocolHandler(Handler):
    """Everything below /api/2.0/mlflow/. Who asks is checked before a body is taken in."""

    def initialize(self, backend: Backend) -> None:
        """Take the backend."""
        super().initialize(backend)
        self._body = bytearray()

    def data_received(self, chunk: bytes) -> None:
        """Take a piece of the body; what is refused already is not kept."""
        if not self._finished:
            self._body += chunk

    async def _respond(self, path: str) -> None:
        request = Request(
            method=self.request.method or "",
            path=path,
            query=_query(self.request.query_arguments),
            content_type=self.request.headers.get("Content-Type"),
            body=bytes(self._body),
        )
        self.reply(await self.backend.run(partial(respond, self.backend.service, request)))

    get = post = put = patch = delete = _respond


class TextHandler(Handler):
    """A line of text that any monitor may ask for."""

    needs_token = False

    def initialize(self, backend: Backend, text: str = "") -> None:
        """Take the text."""
        super().initialize(backend)
        self._text = text

    def get(self) -> None:
        """Answer it."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(self._text)


class UnknownHandler(Handler):
    """Any other path."""

    async def prepare(self) -> None:
        """Refuse it."""
        await super().prepare()
        if not self._finished:
            self.set_status(404)
            self.write_error(404)


class DownloadHandler(Handler):
    """What sends files, never as something a browser would show."""

    async def send(self, find: Callable[[], artifacts.OpenFile]) -> None:
        """Answer with a file, piece by piece."""
        try:
            found = await self.backend.run(find)
        except Exception as error:
            self.refuse(error)
            return
        # Whoever asked may leave before the end; nobody is there to be told then.
        with found.file, suppress(StreamClosedError):
            await self._send(found)

    async def _send(self, found: artifacts.OpenFile) -> None:
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(found.name)}")
        guessed, encoding = mimetypes.guess_type(found.name)
        safe = guessed if guessed and not encoding else None
        self.set_header("Content-Type", safe or "application/octet-stream")
        self.set_header("Content-Length", found.size)
        left = found.size
        # A file that grows meanwhile is sent as long as it was said to be.
        while left and (
            chunk := await self.backend.run(partial(found.file.read, min(left, CHUNK)))
        ):
            left -= len(chunk)
            self.write(chunk)
            await self.flush()
        await self.finish()


class ArtifactHandler(DownloadHandler):
    """GET get-artifact: a file of a run."""

    async def get(self) -> None:
        """Send it."""
        run_id = self.get_query_argument("run_id", "") or self.get_query_argument("run_uuid", "")
        path = self.get_query_argument("path", "", strip=False)
        if not run_id or not path:
            self.refuse(invalid("Request must specify run_uuid and path."))
            return
        await self.send(partial(artifacts.open_file_of_run, self.backend.service, run_id, path))


class ModelArtifactHandler(DownloadHandler):
    """GET logged-models/<id>/artifacts/files: a file of a logged model."""

    async def get(self, model_id: str) -> None:
        """Send it."""
        path = self.get_query_argument("artifact_file_path", "", strip=False)
        await self.send(partial(artifacts.open_file_of_model, self.backend.service, model_id, path))


class ProxyFolderHandler(Handler):
    """GET mlflow-artifacts/artifacts?path=: a folder."""

    async def get(self) -> None:
        """List it."""
        path = self.get_query_argument("path", "", strip=False)
        try:
            listed = partial(artifacts.list_folder, self.backend.service, path)
            self.reply(Response(200, encode(await self.backend.run(listed))))
        except Exception as error:
            self.refuse(error)


@web.stream_request_body
class ProxyHandler(DownloadHandler):
    """GET, PUT and DELETE mlflow-artifacts/artifacts/<path>: a file."""

    _upload: Upload | None = None

    async def prepare(self) -> None:
        """Begin to keep what arrives, before all of it has."""
        await super().prepare()
        if self._finished or self.request.method != "PUT":
            return
        self.request.connection.set_max_body_size(UPLOAD_LIMIT)  # type: ignore[union-attr]
        target = partial(artifacts.place, self.backend.service, self.path_args[0])
        try:
            self._upload = Upload(self.backend.uploads, *await self.backend.run(target))
        except Exception as error:
            self.refuse(error)

    async def data_received(self, chunk: bytes) -> None:
        """Hand on a piece; the client waits while the disk is slower."""
        if self._upload is not None:
            await self._upload.write(chunk)

    def on_connection_close(self) -> None:
        """Forget a file whose client has left."""
        super().on_connection_close()
        if self._upload is not None:
            self._upload.abandon()

    async def get(self, path: str) -> None:
        """Send it."""
        await self.send(partial(artifacts.open_file, self.backend.service, path))

    async def put(self, path: str) -> None:
        """Put it in its place."""
        assert self._upload is not None  # prepare() began it, or answered already
        try:
            await self._upload.finish()
        except Exception as error:
            self.refuse(error)
            return
        self.reply(Response(200, b"{}"))

    async def delete(self, path: str) -> None:
        """Remove it."""
        try:
            await self.backend.run(partial(artifacts.delete, self.backend.service, path))
        except Exception as error:
            self.refuse(error)
            return
        self.reply(Response(200, b"{}"))


def routes(backend: Backend, prefix: str = "") -> list[tuple[str, type[Handler], dict[str, Any]]]:
    """Return the protocol's routes below `prefix`, as tornado takes them."""
    api = rf"{prefix}/(?:ajax-)?api/2\.0"
    shared = {"backend": backend}
    return [
        (rf"{prefix}/health", TextHandler, {**shared, "text": "OK"}),
        (rf"{prefix}/version", TextHandler, {**shared, "text": backend.version}),
        (rf"{prefix}/get-artifact", ArtifactHandler, shared),
        (
            rf"{api}/mlflow/logged-models/([^/]+)/artifacts/files",
            ModelArtifactHandler,
            shared,
        ),
        (rf"{api}/mlflow/(.+)", ProtocolHandler, shared),
        (rf"{api}/mlflow-artifacts/artifacts", ProxyFolderHandler, shared),
        (rf"{api}/mlflow-artifacts/artifacts/(.*)", ProxyHandler, shared),
    ]


def application(backend: Backend) -> web.Application:
    """Return the stand-alone server's application."""
    table: Any = [*routes(backend), (r".*", UnknownHandler, {"backend": backend})]
    return web.Application(table, log_function=_log_nothing)


def _log_nothing(handler: web.RequestHandler) -> None:
    """Leave requests unlogged: their paths may hold what is nobody else's business."""


def _query(arguments: dict[str, list[bytes]]) -> dict[str, list[str]]:
    return {
        name: [value.decode(errors="replace") for value in values]
        for name, values in arguments.items()
    }
