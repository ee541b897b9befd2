"""What the filter box offers: names, operators and values, in the grammar of the engine itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import cast

from tracker.entities import RunStatus
from tracker.search.syntax import Field, Kind, ValueType
from tracker.search.vocabulary import DATASET_KEYS, RUNS, SUMMARIES
from tracker.search.writing import PREFIXES, operators_of, read_field, write_field, write_text
from tracker.server.wire import (
    FieldKind,
    FieldRow,
    FieldsAnswer,
    Note,
    SummaryRow,
    ValueKind,
    ValueRow,
    ValuesAnswer,
)
from tracker.store.base import Store
from tracker.store.known import KnownNames, known_names

MOST_FIELDS = 500
MOST_VALUES = 20
KEPT = 10.0
"""Seconds for which what runs of a store told is good, where its indexes tell nothing."""
_EXAMPLES = {
    ValueType.TIME: ("now - 1h", "now - 1d", "now - 7d", "now - 30d"),
    ValueType.DURATION: ("10s", "1m", "10m", "1h", "1d"),
}
_NOTES: tuple[Note, ...] = ("min", "q1", "median", "q3", "max")


class Completing:
    """Answers for the store of any folder. Every method blocks, any thread may call it."""

    def __init__(self, found: Callable[[str], tuple[str, Store | None]]) -> None:
        """`found` returns the store of a folder, and its URI."""
        self._found = found
        self._guard = threading.Lock()
        self._kept: dict[str, tuple[float, KnownNames]] = {}

    def fields(self, folder: str) -> FieldsAnswer:
        """Return what a filter can ask about, the most common of each kind first."""
        known = self._known(folder)
        rows = [_row(Kind.ATTRIBUTE, name, None) for name in RUNS.attributes]
        if known is not None:
            keys = known.keys()
            for kind in (Kind.PARAM, Kind.METRIC, Kind.TAG):
                rows += [_row(kind, key, runs) for key, runs in keys[kind][:MOST_FIELDS]]
        rows += [_row(Kind.DATASET, key, None) for key in DATASET_KEYS]
        return {"fields": [row for row in rows if row is not None], "summaries": _summaries()}

    def values(self, folder: str, name: str, typed: str) -> ValuesAnswer:
        """Return values of the field that a filter calls so, those that contain what was typed."""
        field = read_field(name)
        if field is None:
            return {"values": []}
        value_type = RUNS.type_of(field)
        if value_type in _EXAMPLES:
            return {"values": [_value(example) for example in _EXAMPLES[value_type]]}
        if field == Field(Kind.ATTRIBUTE, "status"):
            wanted = [str(it) for it in RunStatus if typed.lower() in str(it).lower()]
            return {"values": [_value(f"'{status}'") for status in wanted]}
        known = self._known(folder)
        if known is None:
            return {"values": []}
        found = known.values(field, typed, MOST_VALUES)
        texts = [(write_text(text), runs) for text, runs in found.texts]
        rows = [_value(text, runs) for text, runs in texts if text is not None]
        return {"values": rows + _numbers(found.numbers)}

    def _known(self, folder: str) -> KnownNames | None:
        uri, store = self._found(folder)
        if store is None:
            return None
        if hasattr(store, "known_names"):
            return known_names(store)
        with self._guard:
            told, known = self._kept.get(uri, (0.0, None))
            if known is None or time.monotonic() - told > KEPT:
                known = known_names(store)
                self._kept = {uri: (time.monotonic(), known)}
            return known


def _row(kind: Kind, key: str, runs: int | None) -> FieldRow | None:
    name = write_field(kind, key)
    if name is None:
        return None
    field = Field(kind, key)
    return {
        "field": name,
        "kind": cast(FieldKind, PREFIXES[kind]),
        "key": key,
        "type": cast(ValueKind, str(RUNS.type_of(field))),
        "operators": list(operators_of(field)),
        "runs": runs,
    }


def _summaries() -> list[SummaryRow]:
    return [
        {
            "name": name,
            "type": cast(ValueKind, str(value_type)),
            "operators": list(operators_of(Field(Kind.METRIC, "any", name))),
        }
        for name, value_type in SUMMARIES.items()
        if name != "last"
    ]


def _value(value: str, runs: int | None = None) -> ValueRow:
    return {"value": value, "runs": runs, "note": None}


def _numbers(numbers: Sequence[float]) -> list[ValueRow]:
    """Return the smallest, the quartiles and the largest as few digits tell them."""
    notes: list[Note | None] = [None] * len(numbers)
    if len(numbers) == len(_NOTES):
        notes = list(_NOTES)
    elif len(numbers) > 1:  # some of them are the same
        notes[0], notes[-1] = "min", "max"
    return [
        {"value": f"{value:.6g}", "runs": None, "note": note}
        for value, note in zip(numbers, notes, strict=True)
    ]
