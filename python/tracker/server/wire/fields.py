"""What a filter can ask about: names that runs have, operators, and values that exist."""

from __future__ import annotations

from typing import Literal, TypedDict

FieldKind = Literal["attributes", "params", "metrics", "tags", "datasets"]
Note = Literal["min", "q1", "median", "q3", "max"]
ValueKind = Literal["text", "number", "time", "duration"]


class FieldRow(TypedDict):
    """`field` is the name as a filter writes it. `runs`: how many have it, None where all do.

    Numbers of runs end at 1,000: a larger one tells nothing more.
    """

    field: str
    kind: FieldKind
    key: str
    type: ValueKind
    operators: list[str]
    runs: int | None


class SummaryRow(TypedDict):
    """What may follow the name of a metric, as in `metrics.loss.min`."""

    name: str
    type: ValueKind
    operators: list[str]


class FieldsAnswer(TypedDict):
    fields: list[FieldRow]
    summaries: list[SummaryRow]


class ValueRow(TypedDict):
    """`value` is as a filter writes it, in quotes where it is text. `runs`: how many have it.

    Of numbers some are offered that tell where the others lie, which `note` says.
    """

    value: str
    runs: int | None
    note: Note | None


class ValuesAnswer(TypedDict):
    values: list[ValueRow]
