"""Which of a session's executions an export is made of, and in which order.

A cell stands for its last successful execution: a later one replaces an earlier one of the same
cell id, at the later place. What was executed is exported in the order of execution, not in the
order of the notebook's file. Where an execution that was replaced is still needed, because a cell
that ran between the two reads what it had bound, it stays in its place as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from tracker.capture.cellsource import CellMagic, cell_magic, split_lines
from tracker.capture.dataflow import names_of
from tracker.capture.lineage import Execution, needed, slice_of, unbound
from tracker.capture.parameters import override
from tracker.errors import NotFound
from tracker.export.track import read_track_line


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

    @property
    def run_id(self) -> str | None:
        """The run that the execution was, if it was one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One execution as the export takes it along.

    `source` is what ran without its `%%track` line, which is `track`. `name` says in words which
    cell it was (`In [3]`).
    """

    order: int
    source: str
    name: str
    cell_id: str | None
    track: CellMagic | None = None

    @property
    def whole_source(self) -> str:
        """What ran, with the line that made it a run."""
        line = f"%%track {self.track.arguments}\n" if self.track else ""
        return line + self.source


def choose(
    cells: Iterable[ExecutedCell], run_id: str | None = None
) -> tuple[list[Piece], list[str]]:
    """The executions to export in their order, and remarks on what was left out or doubled.

    With `run_id` only those that this run may depend on. Raises NotFound if no execution was it.
    """
    executed = sorted(cells, key=lambda cell: cell.order)
    succeeded = [cell for cell in executed if cell.succeeded and cell.source.strip()]
    pieces = {cell.order: _piece(cell) for cell in succeeded}
    executions = [Execution(order, names_of(piece.source)) for order, piece in pieces.items()]
    last = {_identity(cell): cell.order for cell in succeeded}
    if run_id is None:
        kept, remarks = needed(executions, last.values()), _failures(executed)
    else:
        kept = slice_of(executions, _executions_of(run_id, succeeded))
        remarks = _left_out(len(set(last.values()) - kept))
    kept -= _repeats(succeeded, executions, kept)
    kept -= _merge_imports(succeeded, executions, kept, pieces)
    chosen = [pieces[order] for order in sorted(kept)]
    latest = {pieces[order].source for order in last.values()}
    if run_id is None:
        remarks += _doubled(chosen, set(last.values()), latest)
    return chosen, remarks + _missing(chosen)


def _executions_of(run_id: str, cells: list[ExecutedCell]) -> list[int]:
    found = [cell.order for cell in cells if cell.run_id == run_id]
    if not found:
        runs = sorted({cell.run_id for cell in cells if cell.run_id})
        known = f"It executed the runs {', '.join(runs)}." if runs else "It executed no run."
        raise NotFound(f"No successful cell of this session was the run {run_id!r}. {known}")
    return found


def _left_out(count: int) -> list[str]:
    if not count:
        return []
    cells = "1 cell that the run does" if count == 1 else f"{count} cells that the run does"
    return [f"Left out {cells} not depend on."]


def _piece(cell: ExecutedCell) -> Piece:
    track = _track_line(cell.raw_source) or _track_line(cell.source)
    source = cell.source
    own = _track_line(source)
    if own is not None:
        source = "\n".join(split_lines(source)[own.line :])
        # A cell that no kernel of ours executed still has its overrides in that line.
        source = override(source, read_track_line(own.arguments).params)
    return Piece(cell.order, source, cell_name(cell), cell.cell_id, track)


def cell_name(cell: ExecutedCell) -> str:
    """How people call the cell: its prompt, or its place in the session."""
    if cell.execution_count is not None:
        return f"In [{cell.execution_count}]"
    return f"cell {cell.order + 1}"


def _track_line(source: str) -> CellMagic | None:
    magic = cell_magic(source)
    return magic if magic is not None and magic.name == "track" else None


def _identity(cell: ExecutedCell) -> str:
    """Without an id from the front end the typed text is all there is to know a cell by."""
    return f"id {cell.cell_id}" if cell.cell_id else f"text {cell.raw_source}"


def _repeats(cells: list[ExecutedCell], executions: list[Execution], kept: set[int]) -> set[int]:
    """Later executions of the same imports, definitions and literals, which change nothing."""
    names = {execution.place: execution.names for execution in executions}
    first: dict[str, int] = {}
    repeated: set[int] = set()
    for cell in cells:
        if cell.order not in kept or not names[cell.order].declares:
            continue
        if cell.raw_source not in first:
            first[cell.raw_source] = cell.order
            continue
        own = names[cell.order].binds
        between = [place for place in kept if first[cell.raw_source] < place < cell.order]
        touched = any(
            own & (names[place].binds | names[place].changes | names[place].may_change)
            for place in between
        )
        if not touched:
            repeated.add(cell.order)
    return repeated


def _merge_imports(
    cells: list[ExecutedCell],
    executions: list[Execution],
    kept: set[int],
    pieces: dict[int, Piece],
) -> set[int]:
    """Let the last version of a cell of imports stand where its first did; return the others."""
    names = {execution.place: execution.names for execution in executions}
    versions: dict[str, list[int]] = {}
    for cell in cells:
        if cell.order in kept and names[cell.order].only_imports:
            versions.setdefault(_identity(cell), []).append(cell.order)
    merged: set[int] = set()
    for orders in versions.values():
        last = orders[-1]
        if all(names[order].binds <= names[last].binds for order in orders):
            pieces[orders[0]] = replace(pieces[last], order=orders[0])
            merged |= set(orders[1:])
    return merged


def _failures(cells: list[ExecutedCell]) -> list[str]:
    return [
        f"{cell_name(cell)} ended with an exception and was left out."
        for cell in cells
        if not cell.succeeded and not _succeeded_later(cell, cells)
    ]


def _succeeded_later(cell: ExecutedCell, cells: list[ExecutedCell]) -> bool:
    return any(
        other.order > cell.order and other.succeeded and _identity(other) == _identity(cell)
        for other in cells
    )


def _doubled(chosen: list[Piece], last: set[int], latest: set[str]) -> list[str]:
    return [
        f"{piece.name} was executed again later; this earlier execution is kept as well, "
        "because cells after it need what it left behind."
        for piece in chosen
        if piece.order not in last and piece.source not in latest
    ]


def _missing(chosen: list[Piece]) -> list[str]:
    names = {piece.order: piece.name for piece in chosen}
    return [
        f"{names[gap.place]} reads {gap.name!r}, which no executed cell before it binds "
        "(it may come from a cell that failed or ran before a restart); the script will stop there."
        for gap in unbound([Execution(piece.order, names_of(piece.source)) for piece in chosen])
    ]
