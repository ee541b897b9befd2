"""The cells of a notebook and the runs that they made."""

from __future__ import annotations

from typing import TypedDict

from tracker.server.wire.comparison import LineRow


class CellRunsRequest(TypedDict):
    """`notebook` is its path for Jupyter's contents API; `cell_ids` at most 1,000."""

    folder: str
    notebook: str
    cell_ids: list[str]


class CellRun(TypedDict):
    """As much of a run as the mark on its cell shows."""

    run_id: str
    run_name: str
    status: str
    start_time: int
    end_time: int | None


class CellRow(TypedDict):
    """A cell with runs: how many there are and the latest two, the latest first.

    `source` is the cell as it was executed for the latest run; null where that was not kept, or
    not yet.
    """

    cell_id: str
    count: int
    runs: list[CellRun]
    source: str | None


class CellRunsAnswer(TypedDict):
    """Cells without runs are left out. `exists` is false where nothing was recorded yet.

    `names` are those by which runs may know the notebook: their tag `mlflow.source.name`.
    """

    exists: bool
    revision: int
    names: list[str]
    cells: list[CellRow]


class CellChangesRequest(TypedDict):
    """`source` is the cell as it is now."""

    folder: str
    run_id: str
    cell_id: str
    source: str


class CellChangesAnswer(TypedDict):
    """The cell as it was for the run, on the left, beside the cell as it is now."""

    run_name: str
    lines: list[LineRow]
