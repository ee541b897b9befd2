"""The syntax tree of a filter and of an order: frozen, comparable, free of any store.

A filter is a `Node`: comparisons joined by `And`, `Or` and `Not`. Logic is two-valued: comparing
with something a run does not have is false, for every operator but `IS NULL`, and `Not` turns
exactly that answer around.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Kind(StrEnum):
    """Where the left side of a comparison is found."""

    ATTRIBUTE = "attribute"
    METRIC = "metric"
    PARAM = "param"
    TAG = "tag"
    DATASET = "dataset"
    EXPERIMENT_TAG = "experiment tag"


class ValueType(StrEnum):
    """What the left side of a comparison holds, which decides what it can be compared with."""

    NUMBER = "number"
    TIME = "time"
    DURATION = "duration"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Field:
    """What is compared or sorted by: an attribute, or one key of the metrics, params, tags ...

    `summary` says which summary of a metric is meant: last, min, max, count, last_step or
    last_timestamp; it is "last" for everything that is not a metric.
    """

    kind: Kind
    key: str
    summary: str = "last"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time relative to when the search runs: `offset` ms after now (before, if negative)."""

    offset: int


Value: TypeAlias = str | int | float | tuple[str, ...] | Moment | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition. `operator` is upper case: = != < <= > >= LIKE, NOT LIKE, IN, IS NULL ...

    `value` is a tuple for IN and NOT IN, None for IS NULL and IS NOT NULL, ms for times and
    durations.
    """

    field: Field
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class And:
    """All of at least two operands."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of at least two operands."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of the operand."""

    operand: Node


Node: TypeAlias = Comparison | And | Or | Not


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One key to sort by. Whatever the direction, NaN comes after values and missing last."""

    field: Field
    ascending: bool = True


def resolve(value: Value, now_ms: int) -> str | int | float | tuple[str, ...] | None:
    """Return the value with a time relative to now made absolute."""
    return now_ms + value.offset if isinstance(value, Moment) else value
