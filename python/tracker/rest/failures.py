"""Failures as MLflow's protocol tells them: an `error_code`, a message and an HTTP status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from tracker.errors import TrackerError

INVALID_PARAMETER_VALUE = "INVALID_PARAMETER_VALUE"
RESOURCE_DOES_NOT_EXIST = "RESOURCE_DOES_NOT_EXIST"
ENDPOINT_NOT_FOUND = "ENDPOINT_NOT_FOUND"
INTERNAL_ERROR = "INTERNAL_ERROR"
INVALID_STATE = "INVALID_STATE"
BAD_REQUEST = "BAD_REQUEST"

_STATUS = {
    BAD_REQUEST: 400,
    INVALID_PARAMETER_VALUE: 400,
    "RESOURCE_ALREADY_EXISTS": 400,
    # 500 is MLflow's, but its clients repeat whatever is answered with that for minutes.
    INVALID_STATE: 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    RESOURCE_DOES_NOT_EXIST: 404,
    ENDPOINT_NOT_FOUND: 404,
    "RESOURCE_EXHAUSTED": 429,
    INTERNAL_ERROR: 500,
    "NOT_IMPLEMENTED": 501,
    "TEMPORARILY_UNAVAILABLE": 503,
}
_SEE_DOCS = "See the API docs for more information about request parameters."


class FailureBody(TypedDict):
    """The JSON that MLflow's clients turn into an exception."""

    error_code: str
    message: str


class ProtocolError(TrackerError):
    """A refusal with an error code of MLflow's."""

    def __init__(self, error_code: str, message: str) -> None:
        super().__init__(message)
        self.error_code = error_code


class MethodNotAllowed(ProtocolError):
    """The path is served, but to other methods."""

    def __init__(self, method: str, path: str, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(BAD_REQUEST, f"{path[:200]} answers to {self.allowed}, not to {method}.")


def status_of(error: TrackerError) -> int:
    """Return the HTTP status of an error."""
    if isinstance(error, MethodNotAllowed):
        return 405
    return _STATUS.get(error.error_code, 500)


def body_of(error: TrackerError) -> FailureBody:
    """Return what a client is told."""
    return {"error_code": error.error_code, "message": error.message}


def invalid(message: str) -> ProtocolError:
    """Return the refusal of a value."""
    return ProtocolError(INVALID_PARAMETER_VALUE, message)


def missing(name: str) -> ProtocolError:
    """Return the refusal of a request without a field that it needs."""
    return invalid(f"Missing value for required parameter '{name}'. {_SEE_DOCS}")


def wrong_type(name: str, value: object) -> ProtocolError:
    """Return the refusal of a field of another type."""
    from json import dumps

    shown = dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    if len(shown) > 200:
        shown = f"{shown[:197]}..."
    return invalid(
        f"Invalid value {shown} for parameter '{name}' supplied:  "
        f"Hint: Value was of type '{type(value).__name__}'. {_SEE_DOCS}"
    )


def not_found(message: str) -> ProtocolError:
    """Return the refusal of what is asked for by an id or name that nothing has."""
    return ProtocolError(RESOURCE_DOES_NOT_EXIST, message)
