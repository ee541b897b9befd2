"""The cells of two runs beside one another, and how they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from tracker.capture.code import RunCode
from tracker.capture.session import ExecutedCell
from tracker.diff.lines import line_differences
from tracker.diff.model import CellDifference, CodeDifference
from tracker.diff.pairing import Side, pairs_of


def code_difference(left: RunCode | None, right: RunCode | None) -> CodeDifference:
    """Return how the code of two runs differs; not known where one of them kept none."""
    if left is None or right is None:
        return CodeDifference(is_known=False)
    return CodeDifference(cell_differences(left.sliced, right.sliced, left.targets, right.targets))


def cell_differences(
    left: Sequence[ExecutedCell],
    right: Sequence[ExecutedCell],
    left_targets: Iterable[int] = (),
    right_targets: Iterable[int] = (),
) -> tuple[CellDifference, ...]:
    """Return the cells of both in the order of `right`, those only in `left` where they stood.

    The targets are the orders of the cells that each run took place in.
    """
    aligned, settled = pairs_of(_side(left, left_targets), _side(right, right_targets))
    pairs = dict(aligned)
    found = []
    unseen = iter(range(len(left)))
    partner = {other: one for one, other in pairs.items()}
    for place, cell in enumerate(right):
        one = partner.get(place)
        if one is not None and (one, place) in settled:
            found += [_removed(left[i]) for i in _until(unseen, one) if i not in pairs]
        found.append(
            CellDifference("added", None, cell)
            if one is None
            else _paired(left[one], cell, is_moved=(one, place) not in settled)
        )
    found += [_removed(left[i]) for i in unseen if i not in pairs]
    return tuple(found)


def code_text(cell: ExecutedCell) -> str:
    """Return what of a cell counts: what ran, without the `%%track` line and blank ends."""
    lines = cell.source.replace("\r\n", "\n").split("\n")
    kept = [line.rstrip() for line in lines if not _is_mark(line)]
    return "\n".join(kept).strip("\n")


def _is_mark(line: str) -> bool:
    return line.startswith(("%%track", "# %%track"))


def _side(cells: Sequence[ExecutedCell], targets: Iterable[int]) -> Side:
    own = set(targets)
    return Side(
        tuple(map(code_text, cells)),
        tuple(cell.cell_id or "" for cell in cells),
        tuple(place for place, cell in enumerate(cells) if cell.order in own),
    )


def _removed(cell: ExecutedCell) -> CellDifference:
    return CellDifference("removed", cell, None)


def _paired(left: ExecutedCell, right: ExecutedCell, *, is_moved: bool) -> CellDifference:
    one, other = code_text(left), code_text(right)
    if one == other:
        return CellDifference("equal", left, right, is_moved)
    return CellDifference("changed", left, right, is_moved, line_differences(one, other))


def _until(places: Iterator[int], last: int) -> list[int]:
    """Return the places before `last`; the iterator goes on behind it."""
    return list(takewhile(lambda place: place < last, places))
