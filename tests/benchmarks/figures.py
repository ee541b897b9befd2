"""What was measured, as the tables show it: figures, rows that compare them, and how they grow."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum


class Unit(Enum):
    """What a figure counts."""

    SECONDS = "s"
    BYTES = "bytes"
    COUNT = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of one number for each round, with the least and the greatest."""

    median: float
    least: float
    greatest: float
    unit: Unit = Unit.SECONDS

    @classmethod
    def of(cls, numbers: Iterable[float], unit: Unit = Unit.SECONDS) -> Figure:
        """Return the figure of the rounds' numbers, one at least."""
        found = list(numbers)
        return cls(statistics.median(found), min(found), max(found), unit)

    def __str__(self) -> str:
        """`1.7 ms (1.6 - 2.0)`; the bounds are left out where they say nothing new."""
        factor, name = _scale(self.median, self.unit)
        middle, low, high = (
            _digits(number * factor, self.unit)
            for number in (self.median, self.least, self.greatest)
        )
        text = f"{middle} {name}".strip()
        return text if low == high else f"{text} ({low} - {high})"


def _scale(number: float, unit: Unit) -> tuple[float, str]:
    if unit is not Unit.SECONDS:
        return 1, unit.value
    if number < 1e-3:
        return 1e6, "us"
    return (1e3, "ms") if number < 1 else (1, "s")


def _digits(number: float, unit: Unit = Unit.SECONDS) -> str:
    """Three significant digits, no exponent; what is counted in wholes has no decimals."""
    if abs(number) >= 100 or (unit is not Unit.SECONDS and number == int(number)):
        return f"{number:,.0f}"
    return f"{number:.2f}" if abs(number) < 10 else f"{number:.1f}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what, what is promised, ours beside one other's.

    `holds` is None where nothing is promised of this comparison, or where `--quick` measured
    something smaller than what is promised. `most` is what is promised, as a number.
    """

    what: str
    promise: str
    ours: Figure
    beside: str = ""
    theirs: Figure | None = None
    holds: bool | None = None
    most: float | None = None

    @property
    def ratio(self) -> str:
        """Ours by theirs: `1.70`, or `1/2,900` where ours is much the smaller one."""
        if self.theirs is None or not self.theirs.median or not self.ours.median:
            return ""
        ratio = self.ours.median / self.theirs.median
        return _digits(ratio) if ratio >= 0.1 else f"1/{_digits(1 / ratio)}"

    @property
    def verdict(self) -> str:
        """`yes`, `no`, or nothing where nothing is promised."""
        return {True: "yes", False: "NO", None: ""}[self.holds]

    @property
    def failure(self) -> str:
        """What was promised, what was found, and by how much it is too much."""
        text = f"{self.what}: {self.promise}, found {self.ours}"
        return text if not self.most else f"{text}, {_digits(self.ours.median / self.most)} times"


@dataclass(frozen=True, slots=True)
class Growth:
    """How costs grow: a row of figures for each thing measured, a column for each size."""

    title: str
    sizes: Sequence[str]
    rows: Mapping[str, Sequence[Figure | None]]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a benchmark found. `notes` are sentences on how it was measured."""

    title: str
    rows: Sequence[Row] = ()
    growth: Sequence[Growth] = ()
    notes: Sequence[str] = field(default_factory=tuple)


def compare(
    what: str,
    promise: str,
    holds: bool | None,
    ours: Figure,
    others: Mapping[str, Figure],
    *,
    most: float | None = None,
) -> list[Row]:
    """Return a row for each other, the first with the promise and whether it holds."""
    if not others:
        return [Row(what, promise, ours, holds=holds, most=most)]
    rows = [Row(what, "", ours, name, theirs) for name, theirs in others.items()]
    first = rows[0]
    return [Row(what, promise, ours, first.beside, first.theirs, holds, most), *rows[1:]]
