"""`%%track` as a mark on a cell rather than a program that runs it.

An input transformer takes the line out before IPython looks for cell magics, so that the rest is
executed as any cell is: top-level await, tracebacks, the last expression's display, Run All
stopping at an error and interrupts all work, because nothing of ours stands between. Hooks around
the cell (`magics.extension`) find the mark again and make the run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from IPython.core.error import UsageError

from tracker.capture.cellsource import PYTHON_CELL_MAGICS
from tracker.capture.trackline import TrackRequest
from tracker.errors import InvalidValue
from tracker.magics.arguments import read_track_line

Transform = Callable[[list[str]], list[str]]

_MARK = re.compile(r"%%track(?:[ \t]+(?P<line>.*?))?[ \t]*\r?\n?$", re.DOTALL)
_CELL_MAGIC = re.compile(r"%%(?P<name>\w+)(?!\w*\?)")
_OUTER = (PYTHON_CELL_MAGICS | {"timeit"}) - {"track"}
"""Cell magics that may stand above `%%track`: the cell means the same with the lines swapped."""


@dataclass(frozen=True, slots=True)
class TrackedCell:
    """A cell that asks to be a run: what it asks for, and the lines that run instead of it."""

    request: TrackRequest
    lines: list[str]

    @property
    def source(self) -> str:
        """What runs of the cell, magics as they are; nothing where only help is asked for."""
        return "" if self.request.help else "".join(self.lines)


def read(lines: Sequence[str]) -> TrackedCell | None:
    """Return what the lines of a cell ask for, or None where they bear no mark.

    Line numbers are kept, except where another cell magic must move up into the first line.
    Raises UsageError for a line that cannot be understood; then nothing must run.
    """
    place = _find_mark(lines)
    if place is None:
        return None
    match = _MARK.match(lines[place])
    request = read_track_line((match["line"] if match else None) or "")
    rest = list(lines[place + 1 :])
    if request.help:
        return TrackedCell(request, ["get_ipython().run_line_magic('track', '--help')\n"])
    if not "".join(rest).strip():
        raise UsageError("%%track: there is no code below it to run.")
    return TrackedCell(request, _with_params([*lines[:place], *_unmarked(lines, place)], request))


def _find_mark(lines: Sequence[str]) -> int | None:
    for place, line in enumerate(lines):
        if _MARK.match(line):
            return place
        magic = _CELL_MAGIC.match(line)
        if magic is None or magic["name"] not in _OUTER:
            return None
    return None


def _unmarked(lines: Sequence[str], place: int) -> list[str]:
    rest = list(lines[place + 1 :])
    if place == 0:
        inner = next((index for index, line in enumerate(rest) if line.strip()), 0)
        if rest[inner].startswith("%%"):
            return rest[inner:]
    return ["# " + lines[place], *rest]


def _with_params(lines: list[str], request: TrackRequest) -> list[str]:
    if not request.params:
        return lines
    from tracker.capture.parameters import override

    try:
        return override("".join(lines), request.params).splitlines(keepends=True)
    except InvalidValue as error:
        raise UsageError(f"%%track -p: {error}") from None


class Marker:
    """The input transformer. Its place is the end of `cleanup_transforms`."""

    # IPython then leaves it out when it only asks whether a cell is complete: a terminal is to
    # wait for the body, and what is still being typed is no usage error.
    has_side_effects = True

    def __call__(self, lines: list[str]) -> list[str]:
        """Return the lines that IPython goes on with."""
        tracked = read(lines)
        return lines if tracked is None else tracked.lines

    def read_cell(self, raw_cell: str, transforms: Sequence[Transform]) -> TrackedCell | None:
        """Return the mark of a cell as typed, `transforms` being IPython's cleanup.

        None also for a mark that cannot be understood: that cell does not run.
        """
        if "%%track" not in raw_cell:
            return None
        lines = raw_cell.splitlines(keepends=True)
        try:
            for transform in transforms:
                if transform is self:
                    break
                lines = transform(lines)
            return read(lines)
        except (UsageError, SyntaxError):
            return None
