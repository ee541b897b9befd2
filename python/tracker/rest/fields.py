"""What a request holds: fields with MLflow's names and types, read from JSON or a query.

Protocol buffers' JSON is spoken: int64 also as text, NaN and infinities as text, names in
snake_case or camelCase, unknown fields ignored, null as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tracker.rest.failures import ProtocolError, invalid, missing, wrong_type
from tracker.rest.shapes import FLAG, NUMBER, TEXT
from tracker.store.limits import KEY_LENGTH

Values = dict[str, Any]
"""The fields of a request by name; those left out are None, or an empty list where repeated."""

LIST_LIMIT = 50_000
"""Items in one list of a request."""
KEY_PATTERN = r"^[\w.\- :]+(/[\w.\- :]+)*$"
_INT64 = 2**63


@dataclass(frozen=True)
class Field:
    """One field. `convert` returns the value, or raises ValueError or TypeError.

    `kind` is what a client should send, as JSON Schema; `convert` may understand more.
    """

    name: str
    convert: Callable[[Any], Any]
    required: bool = False
    repeated: bool = False
    alias: str | None = None
    parts: tuple[Field, ...] = ()
    check: Callable[[Any], str | None] | None = None
    kind: Mapping[str, Any] | None = None

    @cached_property
    def camel(self) -> str:
        """The name in camelCase."""
        return re.sub(r"_([a-z])", lambda match: match[1].upper(), self.name)


def read(fields: Sequence[Field], raw: object) -> Values:
    """Return the fields of a request. Raises ProtocolError, naming the field."""
    if not isinstance(raw, Mapping):
        raise invalid("The request must be a JSON object.")
    return _read(fields, raw, "")


def _read(fields: Sequence[Field], raw: Mapping[str, Any], path: str) -> Values:
    values: Values = {}
    for field in fields:
        given = _given(field, raw)
        if given is None or given == "":
            if field.required:
                raise missing(path + field.name)
            if given is None:
                values[field.name] = [] if field.repeated else None
                continue
        if field.repeated:
            value: Any = _convert_all(field, given, path)
        else:
            value = _convert(field, given, path + field.name)
        if field.check is not None and (objection := field.check(value)) is not None:
            raise invalid(objection)
        values[field.name] = value
    return values


def _given(field: Field, raw: Mapping[str, Any]) -> Any:
    given = raw.get(field.name)
    if field.camel != field.name and field.camel in raw:
        if field.name in raw:
            raise invalid(
                f"The request gives both '{field.name}' and '{field.camel}', which mean the same. "
                "Give one of them."
            )
        given = raw[field.camel]
    if field.alias is not None and given in (None, ""):
        given = raw.get(field.alias, given)
    return given


def _convert_all(field: Field, given: Any, path: str) -> list[Any]:
    name = path + field.name
    if not isinstance(given, list):
        raise wrong_type(name, given)
    if len(given) > LIST_LIMIT:
        raise invalid(f"'{name}' holds {len(given)} items; {LIST_LIMIT} are allowed.")
    try:  # without the name of each place, which only an error needs
        return [_convert(field, item, name) for item in given]
    except ProtocolError:
        return [_convert(field, item, f"{name}[{index}]") for index, item in enumerate(given)]


def _convert(field: Field, given: Any, name: str) -> Any:
    if field.parts:
        if not isinstance(given, dict):
            raise wrong_type(name, given)
        return _read(field.parts, given, f"{name}.")
    try:
        return field.convert(given)
    except (ValueError, TypeError, OverflowError):
        raise wrong_type(name, given) from None


# -- kinds of fields ------------------------------------------------------------------------


def text(
    name: str,
    *,
    required: bool = False,
    alias: str | None = None,
    longest: int | None = None,
    pattern: str | None = None,
) -> Field:
    """Return a field that holds text.

    `longest` and `pattern` describe what the store lets through.
    """
    kind = dict(TEXT)
    if longest is not None:
        kind["maxLength"] = longest
    if pattern is not None:
        kind["pattern"] = pattern
    return Field(name, _text, required, alias=alias, kind=kind)


def key(name: str = "key", *, required: bool = True) -> Field:
    """Return a field that holds the key of a metric, param or tag."""
    return text(name, required=required, longest=KEY_LENGTH, pattern=KEY_PATTERN)


def texts(name: str, *, required: bool = False) -> Field:
    """Return a field that holds a list of texts."""
    return Field(name, _text, required, repeated=True, kind=TEXT)


def integer(
    name: str,
    *,
    required: bool = False,
    least: int = -_INT64,
    most: int = _INT64 - 1,
    check: Callable[[Any], str | None] | None = None,
) -> Field:
    """Return a field that holds a whole number of 64 bits.

    `least` and `most` describe what `check`, or who reads the field, lets through.
    """
    kind = {"type": "integer", "format": "int64", "minimum": least, "maximum": most}
    return Field(name, _integer, required, check=check, kind=kind)


def number(name: str, *, required: bool = False) -> Field:
    """Return a field that holds a floating point number."""
    return Field(name, _number, required, kind=NUMBER)


def flag(name: str) -> Field:
    """Return a field that is true or false."""
    return Field(name, _flag, kind=FLAG)


def choice(name: str, names: Mapping[str, int]) -> Field:
    """Return a field that holds one of the names, given by name or number; others are ignored."""

    def convert(value: Any) -> str | None:
        if isinstance(value, str) and not value.isdecimal():
            return value if value in names else None
        number = _integer(value)
        return next((known for known, its in names.items() if its == number), None)

    return Field(name, convert, kind={"type": "string", "enum": list(names)})


def messages(name: str, *parts: Field) -> Field:
    """Return a field that holds a list of objects."""
    return Field(name, _text, repeated=True, parts=parts)


def message(name: str, *parts: Field, required: bool = False) -> Field:
    """Return a field that holds an object."""
    return Field(name, _text, required, parts=parts)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode()  # half a surrogate pair is no text
    return value


def _integer(value: Any) -> int:
    if type(value) is int and -_INT64 <= value < _INT64:
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError
    if isinstance(value, str) and not re.fullmatch(r"-?\d{1,20}", value, re.ASCII):
        raise ValueError
    whole = int(value)
    if isinstance(value, float) and value != whole:
        raise ValueError
    if not -_INT64 <= whole < _INT64:
        raise OverflowError
    return whole


def _number(value: Any) -> float:
    if type(value) is float:
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError
    if isinstance(value, str) and ("_" in value or len(value) > 400):
        raise ValueError
    return float(value)


def _flag(value: Any) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise TypeError
    return value


TAG = (key(), text("value"))
"""The parts of a tag or param."""
