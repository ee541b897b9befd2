"""What about a run's cells would keep the notebook from giving the same run again, in words.

A finding is about the slice that the run depends on. What only the notebook's file can tell (the
order of its cells, what was edited or deleted since) is found where a front end sent that file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tracker.capture.cellnames import CellNames
from tracker.capture.lineage import Execution, unbound
from tracker.capture.notebookfile import NotebookCell
from tracker.capture.session import ExecutedCell

Kind = Literal[
    "hidden_state", "edited", "deleted", "failed", "unknown_origin", "out_of_order", "skipped",
    "before_restart",
]  # fmt: skip
MOST = 20
"""Findings that are told; more say nothing new."""
_TIMES = {2: "twice", 3: "three times", 4: "four times"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know. `cells` are orders in the session, `names` what it is about."""

    kind: Kind
    text: str
    cells: tuple[int, ...] = ()
    names: tuple[str, ...] = ()


def cell_name(cell: ExecutedCell) -> str:
    """How people call the cell: its prompt, or its place in the session."""
    if cell.execution_count is not None:
        return f"In [{cell.execution_count}]"
    return f"cell {cell.order + 1}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What findings are made from.

    `names` are those of every cell by its order, `slice` and `targets` orders; `present` are the
    variables that existed when the run began (None where nobody looked), `notebook` the code cells
    of the file as saved then, from top to bottom (None where no front end sent it).
    """

    cells: Sequence[ExecutedCell]
    names: Mapping[int, CellNames]
    slice: frozenset[int]
    targets: frozenset[int]
    present: frozenset[str] | None = None
    notebook: Sequence[NotebookCell] | None = None

    @property
    def sliced(self) -> list[ExecutedCell]:
        """The cells that the run depends on, as executed."""
        return [cell for cell in self.cells if cell.order in self.slice]


def find(evidence: Evidence) -> list[Finding]:
    """Return what is to be told of a run, the most telling first."""
    found = [*_run_again(evidence), *_run_again_edited(evidence), *_failed(evidence)]
    found += _unknown(evidence)
    if evidence.notebook is not None:
        found += _beside_the_file(evidence, evidence.notebook)
    return found[:MOST]


def summary(findings: Sequence[Finding]) -> str:
    """Return the findings as one line, "" where there are none."""
    return "; ".join(finding.text for finding in findings)


# -- what the session tells -------------------------------------------------------------------


def _run_again(evidence: Evidence) -> Iterator[Finding]:
    """Cells of the slice that changed something each time they ran."""
    for cells in _by_identity(evidence.sliced).values():
        last = cells[-1]
        names = evidence.names[last.order]
        changed = sorted(names.changes & (names.reads | (names.changes - names.always)))
        if len(cells) < 2 or not changed:
            continue
        times = _TIMES.get(len(cells), f"{len(cells)} times")
        text = (
            f"{_quoted(changed)} {_were(changed)} changed by {cell_name(last)}, which ran {times}"
        )
        yield Finding("hidden_state", text, _orders(cells), tuple(changed))


def _run_again_edited(evidence: Evidence) -> Iterator[Finding]:
    """Cells whose source was another one when they did what the run depends on."""
    latest: dict[str | None, ExecutedCell] = {
        cell.cell_id: cell for cell in evidence.cells if cell.cell_id
    }
    for cells in _by_identity(evidence.sliced).values():
        for cell in cells:
            later = latest.get(cell.cell_id)
            if later is not None and _code(later) != _code(cell):
                text = (
                    f"{cell_name(cell)} was edited and run again as {cell_name(later)}, "
                    "and the run depends on what it did before"
                )
                yield Finding("edited", text, (cell.order, later.order))


def _failed(evidence: Evidence) -> Iterator[Finding]:
    for cell in evidence.sliced:
        if cell.succeeded or cell.order in evidence.targets:
            continue
        names = evidence.names[cell.order]
        later = [order for order in evidence.slice if order > cell.order]
        used = {name for order in later for name in _used(evidence.names[order])}
        if names.opaque or (names.binds | names.changes) & used:
            text = f"{cell_name(cell)} failed, and the run depends on what it had done by then"
            yield Finding("failed", text, (cell.order,))


def _unknown(evidence: Evidence) -> Iterator[Finding]:
    """Names that are there although no cell of this session made them."""
    executions = [Execution(cell.order, evidence.names[cell.order]) for cell in evidence.sliced]
    gaps: dict[str, int] = {}
    for gap in unbound(executions):
        if evidence.present is not None and gap.name in evidence.present:
            gaps.setdefault(gap.name, gap.place)
    if gaps:
        names = sorted(gaps)
        text = f"{_quoted(names)} {_were(names)} not made by any cell that ran in this session"
        yield Finding("unknown_origin", text, tuple(sorted(set(gaps.values()))), tuple(names))


def _by_identity(cells: Iterable[ExecutedCell]) -> dict[str, list[ExecutedCell]]:
    """Executions of the same cell together; one without an id is known by its text alone."""
    found: dict[str, list[ExecutedCell]] = {}
    for cell in cells:
        identity = f"id {cell.cell_id}" if cell.cell_id else f"text {cell.raw_source}"
        found.setdefault(identity, []).append(cell)
    return found


# -- what the file tells ------------------------------------------------------------------------


def _beside_the_file(evidence: Evidence, notebook: Sequence[NotebookCell]) -> Iterator[Finding]:
    places: dict[str | None, int] = {
        cell.cell_id: place for place, cell in enumerate(notebook) if cell.cell_id
    }
    latest = {cell.cell_id: cell for cell in evidence.sliced if cell.cell_id}
    for cell_id, cell in latest.items():
        if cell_id not in places:
            text = f"{cell_name(cell)} is no longer in the notebook"
            yield Finding("deleted", text, (cell.order,))
        elif notebook[places[cell_id]].source.rstrip() != cell.raw_source.rstrip():
            text = f"{cell_name(cell)} was edited since it ran"
            yield Finding("edited", text, (cell.order,))
    known = [cell for cell in latest.values() if cell.cell_id in places]
    yield from _out_of_order(evidence, sorted(known, key=lambda cell: cell.order), places)
    yield from _not_run(evidence, notebook, places)


def _out_of_order(
    evidence: Evidence, cells: list[ExecutedCell], places: Mapping[str | None, int]
) -> Iterator[Finding]:
    """Pairs that ran the other way round than they stand, where that makes a difference."""
    for index, later in enumerate(cells):
        for earlier in cells[:index]:
            is_turned = places[earlier.cell_id] > places[later.cell_id]
            names = _shared(evidence.names[earlier.order], evidence.names[later.order])
            if is_turned and names:
                text = (
                    f"{cell_name(earlier)} stands below {cell_name(later)} but ran before it "
                    f"({_quoted(sorted(names)[:3])})"
                )
                both = (earlier.order, later.order)
                yield Finding("out_of_order", text, both, tuple(sorted(names)))
                break


def _not_run(
    evidence: Evidence, notebook: Sequence[NotebookCell], places: Mapping[str | None, int]
) -> Iterator[Finding]:
    """Cells above the run's that did not run in this session, though it looks as if they had."""
    executed = {cell.cell_id for cell in evidence.cells}
    own = [places[c.cell_id] for c in evidence.sliced if c.cell_id in places]
    above = notebook[: max(own, default=0)]
    idle = [cell for cell in above if cell.cell_id and cell.cell_id not in executed]
    stale = [cell for cell in idle if cell.execution_count is not None]
    if stale:
        shown = ", ".join(f"In [{cell.execution_count}]" for cell in stale[:5])
        which = shown if len(stale) <= 5 else f"{shown} and {len(stale) - 5} more"
        verb = "shows a result" if len(stale) == 1 else "show results"
        text = f"{which} {verb} from before the kernel was restarted"
        yield Finding("before_restart", text)
    wanted = {name for order in evidence.slice for name in _used(evidence.names[order])}
    for cell in idle:
        changed = sorted((cell.names.binds | cell.names.changes) & wanted)
        if changed:
            text = (
                f"the cell that begins {_beginning(cell.source)} did not run, and from top to "
                f"bottom it would change {_quoted(changed[:3])}"
            )
            yield Finding("skipped", text, (), tuple(changed))


def _shared(one: CellNames, other: CellNames) -> set[str]:
    """Names for which it matters which of two cells runs first."""
    of_one, of_other = one.binds | one.changes, other.binds | other.changes
    if one.only_imports or other.only_imports:
        return set()
    both = (of_one & (_used(other) | of_other)) | (_used(one) & of_other)
    return both - {"_"}


def _used(names: CellNames) -> set[str]:
    return names.reads | names.deferred | names.changes | names.refits


def _code(cell: ExecutedCell) -> str:
    return cell.source.strip()


def _orders(cells: Iterable[ExecutedCell]) -> tuple[int, ...]:
    return tuple(cell.order for cell in cells)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _were(names: Sequence[str]) -> str:
    return "was" if len(names) == 1 else "were"


def _beginning(source: str) -> str:
    lines = [line.strip() for line in source.split("\n") if line.strip()]
    line = lines[0] if lines else ""
    return f"`{line[:40]}…`" if len(line) > 40 else f"`{line}`"
