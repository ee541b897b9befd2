"""Where an axis has its ticks, and what stands at them."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tracker.rendering.wording import number

Kind = Literal["number", "seconds", "time"]
"""`seconds` are a time span, `time` is a moment in seconds since 1970 UTC, shown in local time."""

LARGEST = sys.float_info.max
TINY = 1e-290
"""What is smaller is nothing on a linear axis: floats have too few digits there to divide it."""
_NICE = (1.0, 2.0, 5.0, 10.0)
_SPANS = (
    10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800
)  # fmt: skip
"""Seconds between two ticks of time, from ten on; below it they are those of numbers."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values, `low` < `high`, and the ticks inside it.

    `is_log` axes have positive ranges.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    is_log: bool = False

    def share(self, value: float) -> float:
        """Return where a value lies: 0 at `low`, 1 at `high`, NaN where it has no place."""
        if not math.isfinite(value) or (self.is_log and value <= 0):
            return math.nan
        low, high = self.low, self.high
        if self.is_log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        # Halved, because the distance between two finite floats may be infinite.
        return (value / 2 - low / 2) / (high / 2 - low / 2)


def axis(
    low: float,
    high: float,
    *,
    kind: Kind = "number",
    is_log: bool = False,
    about: int = 5,
    is_wide: bool = True,
) -> Axis:
    """Return an axis of all values from `low` to `high`, both finite, with `about` that many ticks.

    `is_wide` leaves a little room beyond both ends.
    """
    if is_log and low > 0:
        return _log_axis(low, high, about)
    if max(abs(low), abs(high)) < TINY:
        low, high = -1.0, 1.0
    elif low == high:
        low, high = _widened(low, high, abs(low) / 10)
    elif is_wide:
        low, high = _widened(low, high, (high / 2 - low / 2) / 12)
    # No finer than floats of this size are.
    finest = math.ulp(max(abs(low), abs(high)))
    step = max(_step(high / about - low / about, kind), finest)
    first, last = math.ceil(low / step), math.floor(high / step)
    places = [at * step for at in range(first, min(last, first + 4 * about) + 1)]
    span = min(high - low, LARGEST)
    return Axis(low, high, tuple((place, _word(place, kind, span)) for place in places))


def _widened(low: float, high: float, room: float) -> tuple[float, float]:
    return max(low - room, -LARGEST), min(high + room, LARGEST)


def _step(wanted: float, kind: Kind) -> float:
    if kind != "number" and wanted > 7:
        return float(next((span for span in _SPANS if span >= wanted * 0.7), _nice(wanted)))
    return _nice(wanted)


def _nice(wanted: float) -> float:
    """Return the one of 1, 2, 5, 10 times a power of ten that comes next to `wanted`."""
    power = 10.0 ** math.floor(math.log10(max(wanted, 5e-324)))
    if power == 0:
        return 5e-324
    return next(factor for factor in _NICE if factor * power >= wanted * 0.7) * power


def _log_axis(low: float, high: float, about: int) -> Axis:
    if low == high:
        low, high = max(low / 2, 5e-324), min(high * 2, LARGEST)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = max(1, math.ceil((last - first) / (2 * about)))
    factors = (1, 2, 5) if last - first <= 2 else (1,)
    places = [
        factor * 10.0**power
        for power in range(max(first, -307), min(last, 307) + 1, every)
        for factor in factors
    ]
    within = [place for place in places if low * 0.999 <= place <= high * 1.001]
    if len(within) < 2:
        within = [low, high]
    return Axis(low, high, tuple((place, number(place)) for place in within), is_log=True)


def _word(place: float, kind: Kind, span: float) -> str:
    if kind == "seconds":
        return _span(place)
    if kind == "time":
        return _moment(place, span)
    return number(0.0 if abs(place) < span * 1e-9 else place)


def _span(seconds: float) -> str:
    if abs(seconds) < 60:
        return f"{number(seconds)} s"
    whole = round(seconds)
    if whole % 86400 == 0:
        return f"{whole // 86400} d"
    parts = ((whole // 3600, "h"), (whole % 3600 // 60, "min"), (whole % 60, "s"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount)


def _moment(seconds: float, span: float) -> str:
    try:
        moment = datetime.fromtimestamp(seconds)
    except (OverflowError, OSError, ValueError):
        return number(seconds)
    if span < 120:
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%H:%M" if span < 86400 else "%d %b %H:%M")
