"""Two texts beside one another: lines that belong together, and in them the words that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from tracker.diff.model import Line, Segment

LONGEST_LINE = 2_000
"""Characters of a line beyond which words are not looked for."""
MOST_LINES = 2_000
"""Lines of a text that are compared; what follows is taken as one."""
_ALIKE = 0.4
_LOOK_AHEAD = 8
"""Lines that are looked at for the one that stands for a line."""
_WORD = re.compile(r"\d+(?:\.\d+)*(?:[eE][-+]?\d+)?|\w+|\s+|[^\w\s]")


def line_differences(left: str, right: str) -> tuple[Line, ...]:
    """Return the lines of both texts, those that stand for one another side by side."""
    one, other = _lines(left), _lines(right)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    found: list[Line] = []
    for kind, start, end, begin, stop in matcher.get_opcodes():
        if kind == "equal":
            found += _equal(one[start:end], start, begin)
        else:
            found += _replaced(one[start:end], other[begin:stop], start, begin)
    return tuple(found)


def tokens(text: str) -> list[str]:
    """Return the words and signs of a text, white space as one each."""
    return _WORD.findall(text)


def likeness(left: str, right: str) -> float:
    """Return how alike two texts are by their words, from 0 to 1."""
    one = [token for token in tokens(left[:LONGEST_LINE]) if not token.isspace()]
    other = [token for token in tokens(right[:LONGEST_LINE]) if not token.isspace()]
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = ["\n".join(lines[MOST_LINES:])]
    return lines


def _equal(lines: Sequence[str], start: int, begin: int) -> Iterator[Line]:
    for index, line in enumerate(lines):
        whole = (Segment(line, False),)
        yield Line("equal", whole, whole, start + index + 1, begin + index + 1)


def _replaced(one: Sequence[str], other: Sequence[str], start: int, begin: int) -> Iterator[Line]:
    """Pair the lines of two passages in their order where they are alike."""
    place = 0
    for index, line in enumerate(one):
        near = range(place, min(len(other), place + _LOOK_AHEAD))
        match = next((at for at in near if _are_alike(line, other[at])), None)
        if match is None:
            yield Line("removed", left=(Segment(line, True),), left_number=start + index + 1)
            continue
        yield from _added(other[place:match], begin + place)
        left, right = _words(line, other[match])
        yield Line("changed", left, right, start + index + 1, begin + match + 1)
        place = match + 1
    yield from _added(other[place:], begin + place)


def _added(lines: Sequence[str], begin: int) -> Iterator[Line]:
    for index, line in enumerate(lines):
        yield Line("added", right=(Segment(line, True),), right_number=begin + index + 1)


def _are_alike(left: str, right: str) -> bool:
    if max(len(left), len(right)) > LONGEST_LINE:
        return False
    return bool(left.strip()) and bool(right.strip()) and likeness(left, right) >= _ALIKE


def _words(left: str, right: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    one, other = tokens(left), tokens(right)
    first: list[Segment] = []
    second: list[Segment] = []
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for kind, start, end, begin, stop in matcher.get_opcodes():
        _add(first, "".join(one[start:end]), kind != "equal")
        _add(second, "".join(other[begin:stop]), kind != "equal")
    return tuple(first), tuple(second)


def _add(segments: list[Segment], text: str, is_changed: bool) -> None:
    if text:
        segments.append(Segment(text, is_changed))
