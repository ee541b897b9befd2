"""How runs differ."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from tracker.server.wire.message import Number


class CompareRequest(TypedDict):
    """2 to 20 runs; the others are held against the first. Without `parts` all are wanted.

    Facts are environment, packages, git and data; what is not wanted is empty in the answer.
    """

    folder: str
    run_ids: list[str]
    parts: NotRequired[list[Literal["facts", "code", "outputs"]]]


class ComparedRow(TypedDict):
    """A param, package, fact or data set; `values` in the order of the runs."""

    name: str
    values: list[str | None]
    differs: bool


class ComparedMetricRow(TypedDict):
    """The last values of a metric; null where a run has none."""

    name: str
    values: list[Number | None]
    differs: bool


class SegmentRow(TypedDict):
    text: str
    is_changed: bool


class LineRow(TypedDict):
    """A line of two texts; a side that does not have it has no segments and no number."""

    kind: Literal["equal", "changed", "added", "removed"]
    left: list[SegmentRow]
    right: list[SegmentRow]
    left_number: int | None
    right_number: int | None


class ExecutedRow(TypedDict):
    """A cell as it was executed; `order` counts the executions of its session from 0."""

    cell_id: str | None
    execution_count: int | None
    order: int
    source: str


class ComparedCellRow(TypedDict):
    """`lines` are empty for cells that are equal, or that only one run has."""

    kind: Literal["equal", "changed", "added", "removed"]
    is_moved: bool
    left: ExecutedRow | None
    right: ExecutedRow | None
    lines: list[LineRow]


class ComparedCodeRow(TypedDict):
    """`is_known` is false where one of the two runs kept no code."""

    is_known: bool
    is_equal: bool
    cells: list[ComparedCellRow]


class ComparedOutputsRow(TypedDict):
    """`figures` are paths among the run's artifacts."""

    text: str
    figures: list[str]


class FindingRow(TypedDict):
    """What would keep the notebook from giving the run again, see `capture.findings`."""

    kind: str
    text: str


class CompareAnswer(TypedDict):
    """`code` and `texts` have one element for each run but the first, the rest one for each.

    A part that was not asked for is empty.
    """

    run_ids: list[str]
    run_names: list[str]
    params: list[ComparedRow]
    metrics: list[ComparedMetricRow]
    environment: list[ComparedRow]
    packages: list[ComparedRow]
    git: list[ComparedRow]
    datasets: list[ComparedRow]
    code: list[ComparedCodeRow]
    texts: list[list[LineRow]]
    outputs: list[ComparedOutputsRow]
    findings: list[list[FindingRow]]
