"""The protocol over tornado. A thin layer: headers are checked, work is done on threads.

Importing this opens nothing and loads no store: Jupyter Server does so whenever it starts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http.client import responses
from typing import TYPE_CHECKING, Any, TypeVar

from tornado import web

from tracker.rest.backend import Backend
from tracker.rest.failures import ProtocolError
from tracker.rest.message import Request, Response, answered, encode, failed

if TYPE_CHECKING:
    from tracker.rest.service import Service

BODY_LIMIT = 32 * 1024 * 1024
"""Bytes of a request's JSON: room for the largest data set that may be described."""
BODY_SECONDS = 120.0
"""Seconds within which a body must have arrived; a file may take longer while pieces of it come."""
SMALL_LIMIT = 64 * 1024
"""Bytes of a body where none is needed; a client that sends one anyway may."""
DATA_ONLY = "default-src 'none'; sandbox"
"""The Content-Security-Policy of all answers: should a browser show one, it may do nothing."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_CODES = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "ENDPOINT_NOT_FOUND"}

T = TypeVar("T")


@web.stream_request_body
class Handler(web.RequestHandler):
    """Checks who asks before anything else, and answers errors in MLflow's JSON."""

    needs_token = True
    body_limit = SMALL_LIMIT
    body_seconds: float | None = BODY_SECONDS
    backend: Backend

    def initialize(self, backend: Backend) -> None:
        """Take what tornado's table of routes holds for this handler."""
        self.backend = backend

    def set_default_headers(self) -> None:
        """Keep browsers from making a page of what is answered."""
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", DATA_ONLY)
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")

    async def prepare(self) -> None:
        """Refuse requests that may not be answered, before their body is taken in."""
        connection: Any = self.request.connection
        connection.set_max_body_size(self.body_limit)
        if self.body_seconds is not None:
            connection.set_body_timeout(self.body_seconds)
        try:
            await self.admit()
        except ProtocolError as error:
            self.refuse(error)

    @classmethod
    def methods(cls) -> list[str]:
        """Return the methods that are answered."""
        unknown = web.RequestHandler._unimplemented_method
        return [name for name in METHODS if getattr(cls, name.lower()) is not unknown]

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Drop a piece of a body that nobody asked for."""
        return None

    async def admit(self) -> None:
        """Raise ProtocolError where the request may not be answered."""
        self.backend.guard.check(self.request.headers, needs_token=self.needs_token)

    @property
    def folder(self) -> str:
        """The folder whose store is asked."""
        return ""

    async def ask(self, work: Callable[[Service], T]) -> T:
        """Return what `work` returns of the store that is asked. Raises what it raises."""
        folder = self.folder
        return await self.backend.run(lambda: work(self.backend.find_service(folder)))

    def refuse(self, error: Exception) -> None:
        """Answer with an error."""
        self.reply(failed(error))

    def reply(self, response: Response) -> None:
        """Answer with JSON."""
        self.set_status(response.status)
        if response.allow:
            self.set_header("Allow", response.allow)
        if response.status == 401:
            self.set_header("WWW-Authenticate", 'Basic realm="tracker"')
        self.set_header("Content-Type", "application/json")
        self.finish(response.body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer what tornado itself refuses as JSON, too."""
        code = "INTERNAL_ERROR" if status_code >= 500 else _CODES.get(status_code, "BAD_REQUEST")
        reason = responses.get(status_code, "Refused")
        if status_code == 405:
            self.set_header("Allow", ", ".join(self.methods()))
        self.set_header("Content-Type", "application/json")
        self.finish(encode({"error_code": code, "message": f"{reason}: {self.request.path[:200]}"}))


class ProtocolHandler(Handler):
    """Everything below /api/2.0/mlflow/."""

    body_limit = BODY_LIMIT

    def initialize(self, backend: Backend) -> None:
        """Take the backend."""
        super().initialize(backend)
        self._body = bytearray()

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Take a piece of the body; what is refused already is not kept."""
        if not self._finished:
            self._body += chunk
        return None

    async def _respond(self, path: str) -> None:
        from tracker.rest.protocol import respond

        request = Request(
            method=self.request.method or "",
            path=path,
            query=_query(self.request.query_arguments),
            content_type=self.request.headers.get("Content-Type"),
            body=bytes(self._body),
        )
        try:
            response = await self.ask(lambda service: respond(service, request))
        except Exception as error:  # there is no store to ask
            response = failed(error)
        self.reply(response)

    get = post = put = patch = delete = head = options = _respond


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


class ServerInfoHandler(Handler):
    """GET /api/3.0/mlflow/server-info: what MLflow's newest clients ask before large files."""

    def get(self) -> None:
        """Answer that files go up and down through this server, each in one request."""
        info: dict[str, object] = {
            "store_type": None,
            "workspaces_enabled": False,
            "trace_archival_enabled": False,
            "multipart_uploads_enabled": False,
            "multipart_downloads_enabled": False,
            "presigned_upload_run_id_supported": False,
            "presigned_upload_model_id_supported": False,
            "features_enabled": {},
        }
        self.reply(answered(info))


class DescriptionHandler(Handler):
    """GET /openapi.json: what all routes take and answer."""

    async def get(self) -> None:
        """Answer it, with the path below which the routes are here."""
        from tracker.rest.openapi import description

        base = self.request.path.removesuffix("openapi.json")
        self.reply(await self.backend.run(lambda: answered(description(base))))


class UnknownHandler(Handler):
    """Any other path."""

    async def prepare(self) -> None:
        """Refuse it."""
        await super().prepare()
        if not self._finished:
            self.set_status(404)
            self.write_error(404)


def _query(arguments: dict[str, list[bytes]]) -> dict[str, list[str]]:
    return {
        name: [value.decode(errors="replace") for value in values]
        for name, values in arguments.items()
    }
