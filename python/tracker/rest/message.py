"""A request and its answer, free of any web server."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracker.errors import TrackerError
from tracker.rest.failures import (
    INTERNAL_ERROR,
    MethodNotAllowed,
    ProtocolError,
    body_of,
    status_of,
)

_log = logging.getLogger("tracker.rest")


class Request(NamedTuple):
    """A request. `path` is what follows `/api/2.0/mlflow/`, decoded."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    content_type: str | None
    body: bytes


class Response(NamedTuple):
    """An answer: HTTP status and JSON."""

    status: int
    body: bytes
    allow: str = ""
    """The methods that are answered instead."""


def encode(answer: object) -> bytes:
    """Return an answer as JSON."""
    return json.dumps(answer, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def answered(answer: object) -> Response:
    """Return what went well as an answer."""
    return Response(200, encode(answer))


def failed(error: Exception) -> Response:
    """Return an error as an answer; of one that nobody foresaw only the log tells more."""
    if isinstance(error, TrackerError):
        allowed = error.allowed if isinstance(error, MethodNotAllowed) else ""
        return Response(status_of(error), encode(body_of(error)), allowed)
    _log.error("A request failed", exc_info=error)
    told = ProtocolError(INTERNAL_ERROR, "The server failed to answer; its log says why.")
    return Response(500, encode(body_of(told)))
