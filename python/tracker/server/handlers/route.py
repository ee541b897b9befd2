"""What every route of the panel is: it checks who asks and answers with data or an error."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web
from tornado.iostream import StreamClosedError

from tracker.errors import TrackerError
from tracker.server.backend import Backend
from tracker.server.encoding import encode
from tracker.server.rows import error_answer

BODY_LIMIT = 1_000_000
"""Bytes of a request; the largest honest one, 200 series, is a tenth of it."""

RUN = r"runs/([A-Za-z0-9][\w-]{0,255})"
"""The part of a route that names a run."""

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""What may be half a surrogate pair: text that no file, database or answer can hold."""

M = TypeVar("M", bound=Callable[..., Any])
P = ParamSpec("P")
Answer = Mapping[str, object]

_STATUS = {
    "INVALID_PARAMETER_VALUE": 400,
    "PERMISSION_DENIED": 403,
    "RESOURCE_ALREADY_EXISTS": 400,
    "RESOURCE_DOES_NOT_EXIST": 404,
}
_ERROR_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "RESOURCE_DOES_NOT_EXIST",
    405: "BAD_REQUEST",
    413: "BAD_REQUEST",
    415: "BAD_REQUEST",
}


def reading(method: M) -> M:
    """Ask for the right to read, as GET does, for a question too long for a URL."""
    return cast(M, authorized("read")(method))


def _no_constant(name: str) -> None:
    """Refuse NaN and the infinities, which Python reads and JSON does not have."""
    raise ValueError(name)


class Route(JupyterHandler):
    """What all routes share, the socket too."""

    auth_resource = "tracker"

    @property
    def backend(self) -> Backend:
        """The service and the threads it works on."""
        return cast(Backend, self.settings["tracker_backend"])

    def argument(self, name: str) -> str:
        """Return a query argument exactly as it was sent, '' where it is absent."""
        values = self.request.query_arguments.get(name, [b""])
        try:
            return values[-1].decode()
        except UnicodeDecodeError:
            raise web.HTTPError(400, f"The argument {name} is not UTF-8.") from None


class DataRoute(Route, APIHandler):
    """A route that answers with data: errors are an ErrorAnswer, and no content acts."""

    @property
    def content_security_policy(self) -> str:
        """Answers are data: should a browser show one as a page, it may do nothing."""
        return f"{super().content_security_policy}; sandbox"

    async def reply(self, work: Callable[P, Answer], *args: P.args, **kwargs: P.kwargs) -> None:
        """Write what `work` answers, or the error it raises for people to read."""
        try:
            text = await self.backend.run(lambda: encode(work(*args, **kwargs)))
        except TrackerError as error:
            await self.refuse(error)
        else:
            await self.send(text)

    async def refuse(self, error: TrackerError) -> None:
        """Write what went wrong, for people to read."""
        self.set_status(_STATUS.get(error.error_code, 500))
        await self.send(encode(error_answer(error)))

    async def send(self, text: str) -> None:
        """Write an answer, to whoever is still there: panels drop what they no longer want."""
        with contextlib.suppress(StreamClosedError):
            await self.finish(text)

    def json_body(self) -> object:
        """Return the parsed body. Raises HTTPError where it is not JSON or too long."""
        content_type = self.request.headers.get("Content-Type", "").partition(";")[0].strip()
        if content_type.lower() != "application/json":
            raise web.HTTPError(415, "The body must be sent as application/json.")
        if len(self.request.body) > BODY_LIMIT:
            raise web.HTTPError(413, f"The body is longer than {BODY_LIMIT} bytes.")
        try:
            body = json.loads(self.request.body, parse_constant=_no_constant)
            if _HALF.search(self.request.body):
                json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            message = "The body holds half a surrogate pair, which is no text."
            raise web.HTTPError(400, message) from None
        except (ValueError, RecursionError):
            raise web.HTTPError(400, "The body is not valid JSON.") from None
        return cast(object, body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Write an ErrorAnswer; what went wrong inside stays in the server's log."""
        error = kwargs.get("exc_info", (None, None))[1]
        message = HTTPStatus(status_code).phrase
        if isinstance(error, web.HTTPError):
            message = error.log_message or message
        elif error is not None:
            message = "Something failed inside tracker; the log of the Jupyter server has details."
        code = _ERROR_CODES.get(status_code, "INTERNAL_ERROR")
        self.finish(encode({"error_code": code, "message": message}))
