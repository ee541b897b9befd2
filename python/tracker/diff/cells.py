"""Which cells of two runs stand for one another, and how they differ.

Cells belong together by the notebook's id of them, each execution with the same one of the other
run; else by what they say: the same text first, then what is most alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from tracker.capture.code import RunCode
from tracker.capture.session import ExecutedCell
from tracker.diff.lines import likeness, line_differences
from tracker.diff.model import CellDifference, CodeDifference

_ALIKE = 0.5
_MOST_LOOKS = 1_000
"""Pairs of cells whose words are compared; beyond, cells that belong together may be missed."""

_Pair = tuple[int, int]


def code_difference(left: RunCode | None, right: RunCode | None) -> CodeDifference:
    """Return how the code of two runs differs; not known where one of them kept none."""
    if left is None or right is None:
        return CodeDifference(is_known=False)
    return CodeDifference(cell_differences(left.sliced, right.sliced))


def cell_differences(
    left: Sequence[ExecutedCell], right: Sequence[ExecutedCell]
) -> tuple[CellDifference, ...]:
    """Return the cells of both in the order of `right`, those only in `left` where they stood."""
    pairs = dict(_aligned(left, right))
    settled = _in_order(sorted(pairs.items()))
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


# -- who belongs to whom ----------------------------------------------------------------------


def _aligned(left: Sequence[ExecutedCell], right: Sequence[ExecutedCell]) -> list[_Pair]:
    pairs = _by_id(left, right)
    for find in (_by_text_in_order, _by_text, _by_words):
        ones = [i for i in range(len(left)) if i not in {one for one, _ in pairs}]
        others = [i for i in range(len(right)) if i not in {other for _, other in pairs}]
        pairs += find(left, right, ones, others)
    return pairs


def _by_id(left: Sequence[ExecutedCell], right: Sequence[ExecutedCell]) -> list[_Pair]:
    """Pair executions of the same cell from the last one back: the last is what counts.

    Some tools number cells instead of naming them: where a text went to another id, the text says
    more than the id does.
    """
    places: dict[str, list[int]] = {}
    for index, cell in enumerate(right):
        if cell.cell_id:
            places.setdefault(cell.cell_id, []).append(index)
    pairs = []
    for index in range(len(left) - 1, -1, -1):
        own = places.get(left[index].cell_id or "")
        if own:
            pairs.append((index, own.pop()))
    same = [(i, j) for i, j in pairs if code_text(left[i]) == code_text(right[j])]
    ones = {code_text(left[i]) for i in set(range(len(left))) - {i for i, _ in same}}
    others = {code_text(right[j]) for j in set(range(len(right))) - {j for _, j in same}}
    edited = [
        (i, j)
        for i, j in pairs
        if code_text(left[i]) not in others and code_text(right[j]) not in ones
    ]
    return same + [pair for pair in edited if pair not in same]


def _by_text_in_order(
    left: Sequence[ExecutedCell],
    right: Sequence[ExecutedCell],
    ones: list[int],
    others: list[int],
) -> list[_Pair]:
    texts = [code_text(left[i]) for i in ones]
    matcher = SequenceMatcher(None, texts, [code_text(right[i]) for i in others], autojunk=False)
    return [
        (ones[block.a + offset], others[block.b + offset])
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    ]


def _by_text(
    left: Sequence[ExecutedCell],
    right: Sequence[ExecutedCell],
    ones: list[int],
    others: list[int],
) -> list[_Pair]:
    places: dict[str, list[int]] = {}
    for index in reversed(others):
        places.setdefault(code_text(right[index]), []).append(index)
    found = [(index, places.get(code_text(left[index]))) for index in ones]
    return [(index, own.pop()) for index, own in found if own]


def _by_words(
    left: Sequence[ExecutedCell],
    right: Sequence[ExecutedCell],
    ones: list[int],
    others: list[int],
) -> list[_Pair]:
    if len(ones) * len(others) > _MOST_LOOKS:
        return []
    looks = [
        (likeness(code_text(left[one]), code_text(right[other])), -abs(one - other), one, other)
        for one in ones
        for other in others
    ]
    pairs: dict[int, int] = {}
    for alike, _, one, other in sorted(looks, reverse=True):
        if alike >= _ALIKE and one not in pairs and other not in pairs.values():
            pairs[one] = other
    return list(pairs.items())


def _in_order(pairs: Sequence[_Pair]) -> set[_Pair]:
    """Return the most pairs that stand in the same order in both; the rest have moved."""
    best: list[int] = []  # length of the longest chain that ends with each pair
    before: list[int] = []
    for index, (_, other) in enumerate(pairs):
        chains = [(best[i], i) for i in range(index) if pairs[i][1] < other]
        length, last = max(chains, default=(0, -1))
        best.append(length + 1)
        before.append(last)
    chain = set()
    index = max(range(len(best)), key=best.__getitem__, default=-1)
    while index >= 0:
        chain.add(pairs[index])
        index = before[index]
    return chain
