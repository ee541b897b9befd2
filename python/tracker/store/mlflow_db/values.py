"""What stands in MLflow's columns -> what we mean by it. Nothing there is taken on trust."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

_T = TypeVar("_T")

_LARGEST = sys.float_info.max
_TOO_LARGE = 2**63


def text(value: object) -> str:
    """Return text, "" for NULL."""
    return "" if value is None else str(value)


def whole(value: object) -> int | None:
    """Return a whole number of 64 bits, None where there is none."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, float) and abs(value) < _TOO_LARGE else None


def metric_value(value: object, is_nan: object) -> float:
    """Return a metric's value: MLflow keeps NaN as a flag, infinities as the largest numbers."""
    if is_nan or not isinstance(value, int | float):
        return math.nan
    if value >= _LARGEST:
        return math.inf
    return -math.inf if value <= -_LARGEST else float(value)


def batches(values: Sequence[_T], size: int = 900) -> Iterator[tuple[str, Sequence[_T]]]:
    """Yield parts that SQLite can bind, each with its question marks."""
    for start in range(0, len(values), size):
        part = values[start : start + size]
        yield ",".join("?" * len(part)), part
