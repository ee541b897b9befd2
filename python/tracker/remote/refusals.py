"""What a server's refusal means, as one of our errors. Its words are a stranger's: cleaned, cut."""

from __future__ import annotations

import json
import re

from tracker.errors import (
    AlreadyExists,
    InvalidState,
    InvalidValue,
    NotFound,
    StoreError,
    TrackerError,
)
from tracker.remote.address import Address, without_secrets
from tracker.remote.errors import Busy, Later, NoSuchEndpoint, NotAllowed, Refused, Unreachable

_LONGEST = 1000
_CODES: dict[str, type[TrackerError]] = {
    "RESOURCE_DOES_NOT_EXIST": NotFound,
    "NOT_FOUND": NotFound,
    "RESOURCE_ALREADY_EXISTS": AlreadyExists,
    "ALREADY_EXISTS": AlreadyExists,
    "INVALID_STATE": InvalidState,
    "INVALID_PARAMETER_VALUE": InvalidValue,
    "BAD_REQUEST": InvalidValue,
    "MALFORMED_REQUEST": InvalidValue,
    "PERMISSION_DENIED": NotAllowed,
    "UNAUTHENTICATED": NotAllowed,
    "CUSTOMER_UNAUTHORIZED": NotAllowed,
}
_LATER = frozenset({408, 425, 429, 502, 503, 504})
_TOO_MANY = 429
_PATIENCE = frozenset({_TOO_MANY, 503})
_NOT_ACTIVE = re.compile(r"must be in (?:the )?'?active'?", re.IGNORECASE)


def refused(address: Address, status: int, body: bytes) -> TrackerError:
    """Return the error for an answer with this status."""
    code, message = _told(body)
    if status in (401, 403):
        return _not_allowed(address, status, message)
    if status in _LATER:
        said = f"{status} {message}".strip()
        later = Later if status in _PATIENCE else Unreachable
        return later(
            f"The tracking server {address.base} cannot answer now: {said}.",
            is_unsent=status == _TOO_MANY,
        )
    kind = _CODES.get(code)
    if kind is not None:
        return InvalidState(message) if _NOT_ACTIVE.search(message) else kind(message)
    if status >= 500:
        return Busy(f"The tracking server {address.base} failed: {message or status}.")
    if status == 404:
        return NoSuchEndpoint(
            f"{address.base} does not know this request: {message or 404}. Look whether the "
            "tracking URI leads to an MLflow server, path included."
        )
    return Refused(f"The tracking server {address.base} refused: {message or status}.")


def redirected(address: Address, location: str) -> StoreError:
    """Return the error for a server that sends us elsewhere."""
    target = clean(without_secrets(location))[:200]
    is_elsewhere = "//" in location
    advice = (
        "Set the tracking URI to the address that it means, if you trust it"
        if is_elsewhere
        else "Look whether one has to log in there first"
    )
    return StoreError(
        f"The tracking server {address.base} answers with a redirect to {target!r}, which is not "
        f"followed: credentials go to no other address than yours. {advice}."
    )


def clean(text: str) -> str:
    """Return a stranger's text fit for a message: one line, no control characters, not long."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", text)
    plain = plain.strip().rstrip(".")
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 3]}..."


def _told(body: bytes) -> tuple[str, str]:
    """Return MLflow's error code and message; of an answer that is none of its, nothing."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    message = clean(str(answer.get("message", "")))
    return str(answer.get("error_code", "")), f"{message}." if message else ""


def _not_allowed(address: Address, status: int, message: str) -> NotAllowed:
    how = (
        "Look after the profile's token"
        if address.profile is not None
        else "Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
    )
    said = f" It says: {message}" if message else ""
    return NotAllowed(
        f"The tracking server {address.base} did not let us in ({status}).{said} {how}, for an "
        "account that may do this."
    )
