"""What a comparison finds, as plain data. Columns of values are in the order of the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tracker.capture.findings import Finding
from tracker.capture.session import ExecutedCell
from tracker.entities import MetricSummary, Run

CellKind = Literal["equal", "changed", "added", "removed"]
LineKind = Literal["equal", "changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of each run: a param, a version; None where a run has none."""

    name: str
    values: tuple[str | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the runs do not agree."""
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric of each run; None where a run has none."""

    name: str
    values: tuple[MetricSummary | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the last values are not the same; NaN is the same as NaN."""
        # repr tells every float from every other, and one NaN from none.
        return len({repr(value.last) if value else None for value in self.values}) > 1


class Segment(NamedTuple):
    """A part of a line; `is_changed` where the other line has something else."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of two texts: `left` of the first, `right` of the second, numbers from 1.

    A side that does not have the line has no segments and no number.
    """

    kind: LineKind
    left: tuple[Segment, ...] = ()
    right: tuple[Segment, ...] = ()
    left_number: int | None = None
    right_number: int | None = None


@dataclass(frozen=True, slots=True)
class CellDifference:
    """Two executions that stand for the same cell, or one that the other run does not have.

    `is_moved` where it ran at another place among the others. `lines` are empty for equal cells.
    """

    kind: CellKind
    left: ExecutedCell | None
    right: ExecutedCell | None
    is_moved: bool = False
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeDifference:
    """The cells that the first run depends on beside those of another.

    `is_known` is False where one of the two kept no code.
    """

    cells: tuple[CellDifference, ...] = ()
    is_known: bool = True

    @property
    def is_equal(self) -> bool:
        """Whether both ran the same, in the same order."""
        return self.is_known and all(
            cell.kind == "equal" and not cell.is_moved for cell in self.cells
        )

    @property
    def changed(self) -> list[CellDifference]:
        """The cells that are not the same, or not at the same place."""
        return [cell for cell in self.cells if cell.kind != "equal" or cell.is_moved]


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure that a run showed: `content` is what a file of this type and name holds."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a run showed: all text in order, the figures in order."""

    text: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Runs beside one another. `code` and `texts` have one element for each run but the first."""

    runs: tuple[Run, ...]
    params: tuple[Row, ...]
    metrics: tuple[MetricRow, ...]
    environment: tuple[Row, ...]
    packages: tuple[Row, ...]
    git: tuple[Row, ...]
    datasets: tuple[Row, ...]
    code: tuple[CodeDifference, ...]
    outputs: tuple[Outputs, ...]
    texts: tuple[tuple[Line, ...], ...]
    findings: tuple[tuple[Finding, ...], ...]

    @property
    def is_code_equal(self) -> bool:
        """Whether all runs ran the same code."""
        return all(code.is_equal for code in self.code)


def differing(rows: Sequence[Row]) -> list[Row]:
    """Return the rows in which runs differ."""
    return [row for row in rows if row.differs]
