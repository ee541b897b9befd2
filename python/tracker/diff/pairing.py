"""Which cells of two runs stand for one another.

The cells that the runs took place in face each other first: they are what a comparison is about.
Then cells belong together by the notebook's id of them, each execution with the same one of the
other run; else by what they say: the same text first, then what is most alike. Whichever way round
the runs are compared, the same cells face each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from tracker.diff.lines import likeness

_ALIKE = 0.5
_MOST_LOOKS = 1_000
"""Pairs of cells whose words are compared; beyond, cells that belong together may be missed."""

Pair = tuple[int, int]
"""Places of a cell on the left and of one on the right."""


@dataclass(frozen=True, order=True, slots=True)
class Side:
    """The cells of one run: what they say, their ids ("" where unknown), the run's own places."""

    texts: tuple[str, ...]
    ids: tuple[str, ...]
    own: tuple[int, ...] = ()


def pairs_of(left: Side, right: Side) -> tuple[list[Pair], set[Pair]]:
    """Return who belongs to whom, and which of these pairs stand in the same order in both."""
    if right < left:
        pairs, settled = pairs_of(right, left)
        return sorted(map(_turned, pairs)), set(map(_turned, settled))
    pairs = sorted(_Pairing(left, right).found.items())
    return pairs, _in_order(pairs)


def _turned(pair: Pair) -> Pair:
    return pair[1], pair[0]


class _Pairing:
    def __init__(self, left: Side, right: Side) -> None:
        self._left, self._right = left, right
        self.found: dict[int, int] = {}
        self._find(left.own, right.own)
        self._take(self._only_own())
        self._find(range(len(left.texts)), range(len(right.texts)))

    def _find(self, ones: Iterable[int], others: Iterable[int]) -> None:
        for find in (self._by_id, self._by_text_in_order, self._by_text, self._by_words):
            taken = set(self.found.values())
            free = [one for one in ones if one not in self.found]
            self._take(find(free, [other for other in others if other not in taken]))

    def _take(self, pairs: Iterable[Pair]) -> None:
        self.found.update(pairs)

    def _only_own(self) -> list[Pair]:
        """Pair the cells of two runs of one cell each, unless the other run has that cell too."""
        left, right = self._left, self._right
        if len(left.own) != 1 or len(right.own) != 1:
            return []
        one, other = left.own[0], right.own[0]
        is_shared = left.texts[one] in right.texts or right.texts[other] in left.texts
        return [] if is_shared else [(one, other)]

    def _by_id(self, ones: list[int], others: list[int]) -> list[Pair]:
        """Pair executions of the same cell from the last one back: the last is what counts.

        Some tools number cells instead of naming them: where a text went to another id, the text
        says more than the id does.
        """
        left, right = self._left, self._right
        places: dict[str, list[int]] = {}
        for other in others:
            if right.ids[other]:
                places.setdefault(right.ids[other], []).append(other)
        pairs = [
            (one, own.pop()) for one in reversed(ones) if (own := places.get(left.ids[one], []))
        ]
        same = {(one, other) for one, other in pairs if left.texts[one] == right.texts[other]}
        gone = _without(left.texts, ones, {one for one, _ in same})
        come = _without(right.texts, others, {other for _, other in same})
        return [
            pair
            for pair in pairs
            if pair in same
            or (left.texts[pair[0]] not in come and right.texts[pair[1]] not in gone)
        ]

    def _by_text_in_order(self, ones: list[int], others: list[int]) -> list[Pair]:
        texts = [self._left.texts[one] for one in ones]
        matcher = SequenceMatcher(
            None, texts, [self._right.texts[other] for other in others], autojunk=False
        )
        return [
            (ones[block.a + offset], others[block.b + offset])
            for block in matcher.get_matching_blocks()
            for offset in range(block.size)
        ]

    def _by_text(self, ones: list[int], others: list[int]) -> list[Pair]:
        places: dict[str, list[int]] = {}
        for other in reversed(others):
            places.setdefault(self._right.texts[other], []).append(other)
        return [(one, own.pop()) for one in ones if (own := places.get(self._left.texts[one], []))]

    def _by_words(self, ones: list[int], others: list[int]) -> list[Pair]:
        if len(ones) * len(others) > _MOST_LOOKS:
            return []
        looks = [
            (
                likeness(self._left.texts[one], self._right.texts[other]),
                -abs(one - other),
                one,
                other,
            )
            for one in ones
            for other in others
        ]
        pairs: dict[int, int] = {}
        for alike, _, one, other in sorted(looks, reverse=True):
            if alike >= _ALIKE and one not in pairs and other not in pairs.values():
                pairs[one] = other
        return list(pairs.items())


def _without(texts: Sequence[str], places: Iterable[int], taken: set[int]) -> set[str]:
    return {texts[place] for place in places if place not in taken}


def _in_order(pairs: Sequence[Pair]) -> set[Pair]:
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
