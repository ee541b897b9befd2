"""Which cells this kernel executed, in which order: the facts that lineage and export start from.

One `SessionLog` lives as long as the kernel. It holds what was executed, not what the notebook's
file happens to hold: a cell that ran twice is there twice, a deleted one is still there.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExecutedCell:
    """One execution of one cell.

    `order` counts the executions of the session from 0. `raw_source` is the cell as typed,
    `source` what ran of it: without its `%%track` line, with overridden params in place, its other
    magics as they were. `cell_id` is the notebook's id of the cell where the front end told it,
    `execution_count` the number in its prompt. `start_time` is in ms since 1970 UTC and None for
    cells that ran before the log began; `duration` is in ms.
    """

    order: int
    source: str
    raw_source: str
    execution_count: int | None = None
    cell_id: str | None = None
    succeeded: bool = True
    start_time: int | None = None
    duration: int | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class StartedCell:
    """A cell that is being executed; give it to `SessionLog.ended`."""

    source: str
    raw_source: str
    cell_id: str | None
    start_time: int
    started: float


class SessionLog:
    """The executed cells of one kernel. Any thread may read."""

    def __init__(self, session_id: str | None = None) -> None:
        self.session_id = session_id or uuid.uuid4().hex
        self._lock = threading.Lock()
        self._cells: list[ExecutedCell] = []

    def executed_cells(self) -> tuple[ExecutedCell, ...]:
        """Return every execution that has ended, in order; failed ones too."""
        with self._lock:
            return tuple(self._cells)

    def remember(self, sources: Iterable[tuple[int, str, bool]]) -> None:
        """Add cells that ran before the log began: execution count, source, success."""
        for execution_count, source, succeeded in sources:
            self._add(source, source, execution_count, None, succeeded, None, None, None)

    def started(self, source: str, raw_source: str, cell_id: str | None) -> StartedCell:
        """Note that a cell begins to run; it is in the log once it has `ended`."""
        now = int(time.time() * 1000)
        return StartedCell(source, raw_source, cell_id, now, time.perf_counter())

    def ended(
        self,
        cell: StartedCell,
        *,
        execution_count: int | None,
        succeeded: bool,
        run_id: str | None = None,
    ) -> ExecutedCell:
        """Add the cell to the log. `run_id` is the run that the cell was."""
        duration = int((time.perf_counter() - cell.started) * 1000)
        return self._add(
            cell.source,
            cell.raw_source,
            execution_count,
            cell.cell_id,
            succeeded,
            cell.start_time,
            duration,
            run_id,
        )

    def _add(
        self,
        source: str,
        raw_source: str,
        execution_count: int | None,
        cell_id: str | None,
        succeeded: bool,
        start_time: int | None,
        duration: int | None,
        run_id: str | None,
    ) -> ExecutedCell:
        with self._lock:
            cell = ExecutedCell(
                len(self._cells),
                source,
                raw_source,
                execution_count,
                cell_id,
                succeeded,
                start_time,
                duration,
                run_id,
            )
            self._cells.append(cell)
        return cell


_current: SessionLog | None = None


def current_session() -> SessionLog | None:
    """Return the log of this kernel, or None where `%load_ext tracker` never ran."""
    return _current


def begin_session() -> SessionLog:
    """Return the log of this kernel, making it at the first call."""
    global _current
    if _current is None:
        _current = SessionLog()
    return _current
