"""What may be stored: the rules for keys and the lengths of values, MLflow's numbers."""

from __future__ import annotations

import posixpath
import re
import struct
from collections.abc import Iterable, Mapping

from tracker.entities import LifecycleStage, Metric, RunStatus
from tracker.errors import InvalidValue

KEY_LENGTH = 250
PARAM_LENGTH = 6000
TAG_LENGTH = 8000
EXPERIMENT_TAG_LENGTH = 20_000
EXPERIMENT_NAME_LENGTH = 500
LOCATION_LENGTH = 2048
RUN_NAME_LENGTH = 250

_NUMBERS = struct.Struct("<qqd")
_KEY = re.compile(r"[/\w.\- :]+")


def check_key(kind: str, key: str) -> str:
    """Return `key` where it may name a `kind` (metric, param, tag). Raises InvalidValue."""
    if not isinstance(key, str):
        raise InvalidValue(f"A {kind}'s key must be text, not {type(key).__name__} ({key!r}).")
    if not 0 < len(key) <= KEY_LENGTH:
        raise InvalidValue(
            f"The {kind} key {shorten(key)} has {len(key)} characters; 1 to {KEY_LENGTH} are "
            "allowed."
        )
    if not _KEY.fullmatch(key):
        raise InvalidValue(
            f"The {kind} key {shorten(key)} may hold only letters, digits, underscores, dashes, "
            "periods, spaces, colons and slashes."
        )
    if key in (".", "..") or posixpath.normpath(key) != key or key.startswith(("/", "../")):
        raise InvalidValue(
            f"The {kind} key {shorten(key)} must be a plain relative path: no slash at either "
            "end, no empty part, no part '.' or '..'."
        )
    return key


def check_text(what: str, value: str) -> str:
    """Return `value` where it is text that can be stored. Raises InvalidValue."""
    if not isinstance(value, str):
        raise InvalidValue(f"{what} must be text, not {type(value).__name__} ({shorten(value)}).")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidValue(f"{what} holds half a surrogate pair: {shorten(value)}.") from None
    return value


def check_status(status: str) -> RunStatus:
    """Return the status of a run. Raises InvalidValue where there is none such."""
    try:
        return RunStatus(status)
    except ValueError:
        raise InvalidValue(
            f"A run's status is one of {', '.join(RunStatus)}, not {status!r}."
        ) from None


def check_stage(lifecycle_stage: str) -> LifecycleStage:
    """Return the stage of a run or experiment. Raises InvalidValue where there is none such."""
    try:
        return LifecycleStage(lifecycle_stage)
    except ValueError:
        raise InvalidValue(
            f"A lifecycle stage is 'active' or 'deleted', not {lifecycle_stage!r}."
        ) from None


def check_time(what: str, value: int) -> int:
    """Return `value` where it is a time in ms of 64 bits. Raises InvalidValue."""
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise InvalidValue(f"{what} must be a whole number of milliseconds, not {value!r}.")
    return value


def check_points(points: Iterable[Metric]) -> None:
    """Refuse points that cannot be stored, but for their keys. Raises InvalidValue."""
    for point in points:
        try:
            _NUMBERS.pack(point.step, point.timestamp, point.value)
        except (struct.error, TypeError, OverflowError):
            raise InvalidValue(
                f"Cannot log {shorten(point, 300)}: the value must be a number, step and timestamp "
                "integers of 64 bits."
            ) from None
        for text in (point.dataset_name, point.dataset_digest, point.model_id):
            if text is not None:
                check_text("What a point belongs to", text)


def check_params(params: Mapping[str, str]) -> dict[str, str]:
    """Return the params as they are stored, long values cut. Raises InvalidValue."""
    return {
        check_key("param", key): check_text(f"The value of param '{key}'", value)[:PARAM_LENGTH]
        for key, value in params.items()
    }


def check_tags(tags: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the tags as they are stored, long values cut. Raises InvalidValue."""
    return {
        check_key("tag", key): None
        if value is None
        else check_text(f"The value of tag '{key}'", value)[:TAG_LENGTH]
        for key, value in tags.items()
    }


def check_experiment_tags(tags: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the tags as they are stored. Raises InvalidValue, also where a value is too long."""
    for key, value in tags.items():
        check_key("tag", key)
        if value is not None and len(check_text(f"The value of tag '{key}'", value)) > (
            EXPERIMENT_TAG_LENGTH
        ):
            raise InvalidValue(
                f"The value of the experiment's tag '{key}' has {len(value)} characters; "
                f"{EXPERIMENT_TAG_LENGTH} are allowed."
            )
    return dict(tags)


def check_experiment_name(name: str) -> str:
    """Return `name` where an experiment may have it. Raises InvalidValue."""
    if not isinstance(name, str) or not name.strip():
        raise InvalidValue(f"An experiment's name must be text that is not empty, not {name!r}.")
    if len(name) > EXPERIMENT_NAME_LENGTH:
        raise InvalidValue(
            f"The experiment name {shorten(name)} has {len(name)} characters; "
            f"{EXPERIMENT_NAME_LENGTH} are allowed."
        )
    return check_text("An experiment's name", name)


def check_location(location: str) -> str:
    """Return `location` where artifacts may be kept there. Raises InvalidValue."""
    check_text("An artifact location", location)
    if len(location) > LOCATION_LENGTH:
        raise InvalidValue(
            f"The artifact location has {len(location)} characters; {LOCATION_LENGTH} are allowed."
        )
    parts = re.split(r"[/\\]", location)
    if not location or "#" in location or "?" in location or "\0" in location or ".." in parts:
        raise InvalidValue(
            f"The artifact location {shorten(location)} must be a folder or URI without '..', "
            "'#' and '?'."
        )
    return location


def shorten(value: object, length: int = 60) -> str:
    """Return `value` as it appears in a message: its repr, the middle cut out where it is long."""
    text = repr(value)
    return text if len(text) <= length else f"{text[: length - 20]}...{text[-15:]}"
