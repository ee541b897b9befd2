"""Finding logged models: a small filter over the records of an experiment.

`key = 'value'` and `key != 'value'`, joined by AND, where a key is `name`, `model_id`,
`model_type`, `status`, `source_run_id`, `params.x` or `tags.x`; numbers are compared with
`metrics.x > 0.9`, `creation_timestamp` and `last_updated_timestamp`. Ordered by the same keys.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from tracker.rest.failures import invalid
from tracker.rest.fields import Values
from tracker.rest.model_record import ModelRecord

_LONGEST_FILTER = 10_000
_CLAUSE = re.compile(
    r"""\s*(?P<key>`[^`]+`|[\w.\-]+(?:\."[^"]+"|\.`[^`]+`)?)\s*(?P<sign>!=|>=|<=|=|>|<)\s*
    (?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<number>[-+]?[\d.]+(?:[eE][-+]?\d+)?))\s*""",
    re.VERBOSE,
)
_AND = re.compile(r"AND\b", re.IGNORECASE)
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_ATTRIBUTES: dict[str, Callable[[ModelRecord], object]] = {
    "name": lambda record: record.name,
    "model_id": lambda record: record.model_id,
    "model_type": lambda record: record.model_type,
    "status": lambda record: record.status.removeprefix("LOGGED_MODEL_"),
    "source_run_id": lambda record: record.source_run_id,
    "creation_timestamp": lambda record: record.created,
    "creation_time": lambda record: record.created,
    "last_updated_timestamp": lambda record: record.updated,
}

_Test = Callable[[ModelRecord], bool]


def matching(records: Iterable[ModelRecord], filter_string: str) -> list[ModelRecord]:
    """Return the records that a filter lets through. Raises ProtocolError."""
    tests = list(_parse(filter_string))
    return [record for record in records if all(test(record) for test in tests)]


def ordered(records: list[ModelRecord], order_by: Sequence[Values]) -> list[ModelRecord]:
    """Return the records sorted by fields, missing values last. Raises ProtocolError."""
    found = sorted(records, key=lambda record: (-record.created, record.model_id))
    for order in reversed(order_by):
        value_of = _getter(order["field_name"])
        present = [it for it in found if _is_value(value_of(it))]
        absent = [it for it in found if not _is_value(value_of(it))]
        present.sort(key=partial(_sort_key, value_of), reverse=order["ascending"] is False)
        found = present + absent
    return found


def _sort_key(
    value_of: Callable[[ModelRecord], object], record: ModelRecord
) -> tuple[bool, float, str]:
    value = value_of(record)
    if isinstance(value, (int, float)):
        return (False, value, "")
    return (True, 0, str(value))


def _is_value(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _parse(filter_string: str) -> Iterable[_Test]:
    if len(filter_string) > _LONGEST_FILTER:
        raise invalid(f"A filter has at most {_LONGEST_FILTER} characters.")
    position = 0
    while position < len(filter_string):
        clause = _CLAUSE.match(filter_string, position)
        if clause is None:
            raise _not_understood(filter_string, position)
        yield _test(clause)
        position = clause.end()
        if position < len(filter_string):
            joint = _AND.match(filter_string, position)
            if joint is None or joint.end() == len(filter_string):
                raise _not_understood(filter_string, position)
            position = joint.end()


def _test(clause: re.Match[str]) -> _Test:
    value_of = _getter(clause["key"])
    compare = _SIGNS[clause["sign"]]
    if clause["number"] is not None:
        try:
            wanted: object = float(clause["number"])
        except ValueError:
            raise invalid(f"{clause['number']!r} is not a number.") from None
        return lambda record: _compare_numbers(compare, value_of(record), wanted)
    if clause["sign"] not in ("=", "!="):
        raise invalid(f"Text can be compared with = and !=, not with {clause['sign']}.")
    wanted = clause["single"] if clause["single"] is not None else clause["double"]
    return lambda record: _is_value(value_of(record)) and compare(value_of(record), wanted)


def _compare_numbers(compare: Callable[[Any, Any], bool], value: object, wanted: object) -> bool:
    return isinstance(value, (int, float)) and compare(value, wanted)


def _getter(key: str) -> Callable[[ModelRecord], object]:
    key = key.strip("`")
    kind, _, name = key.partition(".")
    name = name.strip('`"')
    if kind in ("attributes", "attribute", "attr") and name:
        key, name = name, ""
    if not name:
        if key not in _ATTRIBUTES:
            raise invalid(
                f"Models have no field {key!r}. They have {', '.join(_ATTRIBUTES)}, params.x, "
                "tags.x and metrics.x."
            )
        return _ATTRIBUTES[key]
    if kind in ("params", "param"):
        return lambda record: record.params.get(name)
    if kind in ("tags", "tag"):
        return lambda record: record.tags.get(name)
    if kind in ("metrics", "metric"):
        return partial(_last_value, name)
    raise invalid(f"Models are searched by params.x, tags.x and metrics.x, not by {kind}.x.")


def _last_value(key: str, record: ModelRecord) -> float | None:
    points = [entry for entry in record.metrics if entry["key"] == key]
    if not points:
        return None
    return float(max(points, key=lambda entry: (entry["step"], entry["timestamp"]))["value"])


def _not_understood(filter_string: str, position: int) -> Exception:
    return invalid(
        f"Invalid filter at column {position + 1}: {filter_string[position : position + 60]!r}. "
        "Write key = 'value', joined by AND."
    )
