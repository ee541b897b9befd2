"""Which of a session's executions an export is made of, and in which order.

A cell stands for its last successful execution: a later one replaces an earlier one of the same
cell id, at the later place. What was executed is exported in the order of execution, not in the
order of the notebook's file. Where an execution that was replaced is still needed, because a cell
that ran between the two reads what it had bound, it stays in its place as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from tracker.capture.cellsource import CellMagic, cell_magic, split_lines


class ExecutedCell(Protocol):
    """One execution of one cell, as `tracker.capture.session` records it.

    `raw_source` is the cell as typed, `source` what ran of it, its `%%track` line taken off and
    overridden params in place. `order` counts the executions of the session.
    """

    @property
    def order(self) -> int:
        """Place of this execution among all of the session."""

    @property
    def source(self) -> str:
        """What ran."""

    @property
    def raw_source(self) -> str:
        """What was typed."""

    @property
    def execution_count(self) -> int | None:
        """Number in the prompt."""

    @property
    def cell_id(self) -> str | None:
        """The notebook's id of the cell."""

    @property
    def succeeded(self) -> bool:
        """Whether it ended without an exception."""
