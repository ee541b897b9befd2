"""Files of metrics: a line for each point, `timestamp value step`, in the order logged.

Older MLflows wrote no step, newer ones append the data set's name and digest. A last line without
its end was cut off, or is being written at this moment: it is not a point (yet).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tracker.entities import Metric, MetricSummary
from tracker.errors import StoreError
from tracker.store.mlruns.files import Unreadable, read_bytes
from tracker.store.mlruns.layout import below
from tracker.store.points import Points

_LIMIT = 2**63
_PART = 1024 * 1024


class Rows(NamedTuple):
    """Points as columns, of the `size` bytes up to the last line's end.

    `broken` lines were left out; `is_torn` where something without an end follows.
    """

    timestamps: Sequence[int]
    values: Sequence[float]
    steps: Sequence[int]
    broken: int
    size: int
    is_torn: bool


class Tail(NamedTuple):
    """What is known of the first `size` bytes of a file: None where they hold no point."""

    size: int
    summary: MetricSummary | None
    broken: int
    is_torn: bool


def line(point: Metric) -> bytes:
    """Return the line that MLflow writes for a point, in one of its two forms."""
    text = f"{point.timestamp} {float(point.value)!r} {point.step}"
    name, digest = point.dataset_name, point.dataset_digest
    # Fields are told apart by blanks: a name with one would make the line unreadable.
    if name and digest and not any(it.isspace() for it in name + digest):
        text += f" {name} {digest}"
    return text.encode() + b"\n"


def parse(data: bytes) -> Rows:
    """Return the points of whole lines."""
    size = data.rfind(b"\n") + 1
    lines = [it.split() for it in data[:size].split(b"\n")]
    del lines[-1]
    is_torn = size < len(data)
    if {3}.issuperset(map(len, lines)):
        try:
            rows = _columns(lines)
        except ValueError:
            pass
        else:
            return Rows(*rows, 0, size, is_torn)
    good = [it for it in lines if _is_point(it)]
    broken = sum(bool(it) for it in lines) - len(good)
    return Rows(*_columns(good), broken, size, is_torn)


def _columns(lines: Sequence[Sequence[bytes]]) -> tuple[list[int], list[float], list[int]]:
    """Raises ValueError where a field is no number."""
    timestamps = [int(it[0]) for it in lines]
    values = [float(it[1]) for it in lines]
    steps = [int(it[2]) if len(it) > 2 else 0 for it in lines]
    for whole in (timestamps, steps):
        if whole and not -_LIMIT <= min(whole) <= max(whole) < _LIMIT:
            raise ValueError("a number of more than 64 bits")
    return timestamps, values, steps


def _is_point(fields: Sequence[bytes]) -> bool:
    if not 2 <= len(fields) <= 5:
        return False
    try:
        _columns([fields])
    except ValueError:
        return False
    return True


def read_points(run: str, key: str) -> Points:
    """Return all points of a metric of the run in a folder; none where there is no such metric.

    Raises StoreError where the file cannot be read.
    """
    import numpy as np

    path = below(run, "metrics", *key.split("/"))
    columns = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))]
    if _names_a_file(run, path, key):
        try:
            data = read_bytes(path)
        except Unreadable as problem:
            raise StoreError(f"The points cannot be read: {problem}.") from problem
        for rows in _parts(data):
            steps, timestamps = np.array(rows.steps, np.int64), np.array(rows.timestamps, np.int64)
            columns.append((steps, timestamps, np.array(rows.values, np.float64)))
    steps, timestamps, values = (np.concatenate(it) for it in zip(*columns, strict=True))
    return Points(steps, timestamps, values)


def _parts(data: bytes) -> Iterator[Rows]:
    """Yield the points of a file part by part: as Python's numbers they take up a lot of room."""
    start = 0
    while start < len(data):
        end = data.rfind(b"\n", start, start + _PART) + 1 or data.find(b"\n", start) + 1
        rows = parse(data[start : end or len(data)])
        yield rows
        start = end or len(data)


def _names_a_file(run: str, path: str, key: str) -> bool:
    """Whether a key that anybody may have sent is a file of the run's, no link on the way."""
    if "\0" in key or not os.path.isfile(path):  # noqa: PTH113
        return False
    real = below(os.path.realpath(run), "metrics", *key.split("/"))
    return os.path.realpath(path) == real


def follow(path: str, key: str, before: Tail | None) -> Tail:
    """Return what is known of a file after reading what was appended since. Raises Unreadable."""
    size = before.size if before is not None else 0
    summary = before.summary if before is not None else None
    broken, is_torn = (before.broken if before is not None else 0), False
    for rows in _parts(read_bytes(path, size)):
        summary = _fold(summary, key, rows)
        size, broken, is_torn = size + rows.size, broken + rows.broken, rows.is_torn
    return Tail(size, summary, broken, is_torn)


def _fold(known: MetricSummary | None, key: str, rows: Rows) -> MetricSummary | None:
    if not rows.values:
        return known
    step, timestamp, _, last = max(
        zip(rows.steps, rows.timestamps, map(_ordered, rows.values), rows.values, strict=True),
        key=lambda row: row[:3],
    )
    numbers = [value for value in rows.values if not math.isnan(value)]
    least, most, count = min(numbers, default=math.nan), max(numbers, default=math.nan), 0
    if known is not None:
        least, most = _least(known.min, least), -_least(-known.max, -most)
        count = known.count
        recent = (known.last_step, known.last_timestamp, _ordered(known.last))
        if recent >= (step, timestamp, _ordered(last)):
            step, timestamp, last = known.last_step, known.last_timestamp, known.last
    return MetricSummary(key, last, least, most, count + len(rows.values), step, timestamp)


def _ordered(value: float) -> float:
    """NaN counts as 0 where values decide which point is the last."""
    return 0.0 if math.isnan(value) else value


def _least(a: float, b: float) -> float:
    return b if math.isnan(a) or b < a else a
