"""Which of a session's executions an export is made of, and in which order.

A cell stands for its last successful execution: a later one replaces an earlier one of the same
cell id, at the later place. What was executed is exported in the order of execution, not in the
order of the notebook's file. Where an execution that was replaced is still needed, because a cell
that ran between the two reads what it had bound, it stays in its place as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from tracker.capture.cellnames import CellNames
from tracker.capture.cellsource import CellMagic, cell_magic, split_lines
from tracker.capture.dataflow import names_of
from tracker.capture.findings import cell_name
from tracker.capture.lineage import Execution, needed, slice_of, unbound
from tracker.capture.parameters import override
from tracker.capture.session import ExecutedCell
from tracker.errors import NotFound
from tracker.export.track import read_track_line


@dataclass(frozen=True, slots=True)
class Piece:
    """One execution as the export takes it along.

    `source` is what ran without its `%%track` line, which is `track`. `name` says in words which
    cell it was (`In [3]`); `failed` that its exception is a part of the notebook's story.
    """

    order: int
    source: str
    name: str
    cell_id: str | None
    track: CellMagic | None = None
    failed: bool = False

    @property
    def whole_source(self) -> str:
        """What ran, with the line that made it a run."""
        line = f"%%track {self.track.arguments}\n" if self.track else ""
        return line + self.source


def choose(
    cells: Iterable[ExecutedCell],
    run_id: str | None = None,
    targets: Collection[int] | None = None,
) -> tuple[list[Piece], list[str]]:
    """The executions to export in their order, and remarks on what was left out or doubled.

    With `run_id`, or `targets` (orders of the executions that a run took place in), only those that
    this run may depend on; cells that failed are among them where it may depend on what they had
    done by then. Raises NotFound if no execution was the run.
    """
    executed = [cell for cell in sorted(cells, key=lambda cell: cell.order) if cell.source.strip()]
    if targets is not None:
        return _choose_for(executed, set(targets))
    if run_id is not None:
        chosen, remarks = _choose_for(executed, set(_executions_of(run_id, executed)))
        return chosen, [*remarks, *_failed(chosen)]
    succeeded = [cell for cell in executed if cell.succeeded]
    session = _Session(succeeded, {cell.order: names_of(_piece(cell).source) for cell in succeeded})
    last = {_identity(cell): cell.order for cell in succeeded}
    chosen = session.without_repeats(needed(session.executions, last.values()))
    latest = {session.pieces[order].source for order in last.values()}
    remarks = [*_failures(executed), *_doubled(chosen, set(last.values()), latest)]
    return chosen, remarks + _missing(chosen)


def _choose_for(executed: list[ExecutedCell], targets: set[int]) -> tuple[list[Piece], list[str]]:
    names = {cell.order: names_of(_piece(cell).source) for cell in executed}
    for cell in executed:
        if not cell.succeeded and cell.order not in targets:
            # It may have stopped anywhere: nothing is certain to be bound.
            names[cell.order] = replace(names[cell.order], always=set())
    session = _Session(executed, names)
    kept = slice_of(session.executions, targets)
    last = {_identity(cell): cell.order for cell in executed if cell.succeeded}
    remarks = _left_out(len(set(last.values()) - kept))
    chosen = [
        replace(piece, failed=False) if piece.order in targets else piece
        for piece in session.without_repeats(kept)
    ]
    return chosen, remarks + _missing(chosen)


def _failed(chosen: list[Piece]) -> list[str]:
    return [
        f"{piece.name} failed in the notebook; it is kept for what it had done by then."
        for piece in chosen
        if piece.failed
    ]


@dataclass(slots=True)
class _Session:
    """Executions of a session and the names of each."""

    cells: list[ExecutedCell]
    names: dict[int, CellNames]
    pieces: dict[int, Piece] = field(init=False)

    def __post_init__(self) -> None:
        self.pieces = {cell.order: _piece(cell) for cell in self.cells}

    @property
    def executions(self) -> list[Execution]:
        """The same for lineage."""
        return [Execution(order, names) for order, names in self.names.items()]

    def without_repeats(self, kept: set[int]) -> list[Piece]:
        """The pieces kept, but for those that only say again what was said before."""
        kept -= _repeats(self.cells, self.names, kept)
        kept -= _merge_imports(self.cells, self.names, kept, self.pieces)
        return [self.pieces[order] for order in sorted(kept)]


def _executions_of(run_id: str, cells: list[ExecutedCell]) -> list[int]:
    found = [cell.order for cell in cells if cell.run_id == run_id]
    if not found:
        runs = sorted({cell.run_id for cell in cells if cell.run_id})
        known = f"It executed the runs {', '.join(runs)}." if runs else "It executed no run."
        raise NotFound(f"No cell of this session was the run {run_id!r}. {known}")
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
    return Piece(cell.order, source, cell_name(cell), cell.cell_id, track, not cell.succeeded)


def _track_line(source: str) -> CellMagic | None:
    magic = cell_magic(source)
    return magic if magic is not None and magic.name == "track" else None


def _identity(cell: ExecutedCell) -> str:
    """Without an id from the front end the typed text is all there is to know a cell by."""
    return f"id {cell.cell_id}" if cell.cell_id else f"text {cell.raw_source}"


def _repeats(cells: list[ExecutedCell], names: dict[int, CellNames], kept: set[int]) -> set[int]:
    """Later executions of the same imports, definitions and literals, which change nothing."""
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
    names: dict[int, CellNames],
    kept: set[int],
    pieces: dict[int, Piece],
) -> set[int]:
    """Let the last version of a cell of imports stand where its first did; return the others."""
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
