"""`%compare RUN RUN...`: runs beside one another below the cell."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from IPython.core.error import UsageError

from tracker.errors import TrackerError

if TYPE_CHECKING:
    from tracker.comparing import Comparison

HELP = """\
%compare [RUN RUN...]

Show how runs differ: params, metrics, packages, data, code cell by cell, outputs. Name a run by its
id, the beginning of its id, its name, or as `latest` or `previous`. Without any it is the previous
run beside the latest. The others are held against the first.
"""


def compare(line: str) -> Comparison | None:
    """Return the comparison that the line asks for; None for help. Raises UsageError."""
    words = _words(line)
    if {"-h", "--help"} & set(words):
        print(HELP)
        return None
    if len(words) == 1:
        raise UsageError("%compare: give two runs or more, or none for the two latest ones.")
    from tracker.comparing import compare as compare_runs

    try:
        return compare_runs(words or ["previous", "latest"])
    except TrackerError as error:
        raise UsageError(f"%compare: {error}") from None


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:  # an open quote
        raise UsageError(f"%compare: {str(error).lower()} in: {line}") from None
