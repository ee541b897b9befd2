"""Changing a text at places that `ast` names, and indenting code without touching its strings."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.capture.cellsource import lines_inside_strings


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put `new` in place of the characters from `start` up to `end`; offsets count from 0."""

    start: int
    end: int
    new: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made. They do not overlap; at one place insertions come in order."""
    parts, position = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [text[position : edit.start], edit.new]
        position = edit.end
    return "".join([*parts, text[position:]])


class Places:
    """Offsets of syntax nodes in a text whose lines end with `\\n`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def line(self, number: int) -> int:
        """Where line `number`, counted from 1, starts."""
        return self._starts[number - 1]

    def at(self, line: int, column: int) -> int:
        """Where a column, in characters from 0, of a line, from 1, is."""
        return self._starts[line - 1] + column

    def line_end(self, number: int) -> int:
        """Where line `number` ends, before its `\\n`."""
        return self._starts[number] - 1

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Where a node starts."""
        return self._at(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Where a node ends."""
        return self._at(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def _at(self, line: int, column: int) -> int:
        # `ast` counts columns in bytes of UTF-8.
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())


def indent(code: str, prefix: str = "    ") -> str:
    """The code one level deeper; what stands inside strings over several lines stays as it is."""
    inside = lines_inside_strings(code)
    return "\n".join(
        prefix + line if line.strip() and number not in inside else line
        for number, line in enumerate(code.split("\n"), start=1)
    )
