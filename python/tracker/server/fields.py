"""Fields of a request, checked by type; what is wrong is named. What arrives is hostile."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.errors import InvalidValue


def as_object(value: object, what: str) -> Mapping[str, object]:
    """Return the value where it is a JSON object. Raises InvalidValue, as all that follow do."""
    if not isinstance(value, dict):
        raise InvalidValue(f"{what} must be a JSON object, not {_shown(value)}.")
    return value


def text(fields: Mapping[str, object], name: str, default: str | None = None) -> str:
    """Return a text; where there is a default it may be absent."""
    value = fields.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise wrong(name, "text", value)
    return value


def texts(fields: Mapping[str, object], name: str, limit: int) -> list[str] | None:
    """Return a list of at most `limit` texts, None where it is absent."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > limit:
        raise wrong(name, f"a list of at most {limit} texts", value)
    if not all(isinstance(one, str) for one in value):
        raise wrong(name, "a list of texts", value)
    return value


def integer(fields: Mapping[str, object], name: str, default: int, low: int, high: int) -> int:
    """Return an integer from `low` to `high`, the default where it is absent."""
    value = fields.get(name)
    if value is None:
        return default
    # JSON's true is an int in Python.
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise wrong(name, f"an integer from {low} to {high}", value)
    return value


def optional_integer(fields: Mapping[str, object], name: str, low: int) -> int | None:
    """Return an integer from `low` on, None where it is absent."""
    return None if fields.get(name) is None else integer(fields, name, 0, low, 2**63 - 1)


def flag(fields: Mapping[str, object], name: str, default: bool) -> bool:
    """Return true or false, the default where it is absent."""
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise wrong(name, "true or false", value)
    return value


def wrong(name: str, wanted: str, value: object) -> InvalidValue:
    """Return what to raise where a field is not what was wanted."""
    return InvalidValue(f"'{name}' must be {wanted}, not {_shown(value)}.")


def _shown(value: object) -> str:
    if value is None:
        return "absent"
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
