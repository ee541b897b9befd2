"""How a cell ended, read from IPython's result."""

from __future__ import annotations

import asyncio
import re
import traceback
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from tracker.entities import RunStatus
from tracker.tracking.active import status_after

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

LONGEST_TRACEBACK = 200_000
"""Characters of a traceback that are kept, from its end."""
_FILE_LINE = re.compile(r'^(\s*)File "([^"]+)", line', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state that the run ends with, and the exception that ended the cell."""

    status: RunStatus
    error: BaseException | None = None

    @property
    def summary(self) -> str:
        """The exception's class and message on one line; "" where there was none."""
        if self.error is None:
            return ""
        name = type(self.error).__name__
        try:
            text = " ".join(str(self.error).split())
        except Exception:  # the user's own __str__
            text = ""
        return f"{name}: {text}" if text else name


def outcome_of(result: ExecutionResult | None) -> Outcome:
    """Return how the cell ended. No result at all means that it was cancelled from outside."""
    if result is None:
        return Outcome(RunStatus.KILLED)
    error = result.error_before_exec or result.error_in_exec
    if isinstance(error, asyncio.CancelledError):  # how an interrupt ends a cell that awaits
        return Outcome(RunStatus.KILLED, error)
    return Outcome(status_after(error), error)


def traceback_text(shell: InteractiveShell, error: BaseException) -> str:
    """Return the user's traceback as plain text, cells called by their prompts."""
    entry = _first_user_frame(error.__traceback__)
    lines = traceback.TracebackException(type(error), error, entry).format()
    text = "".join(lines)[-LONGEST_TRACEBACK:]

    def named(match: re.Match[str]) -> str:
        label = _cell_label(shell, match[2])
        return f"{match[1]}{label}, line" if label else match[0]

    return _FILE_LINE.sub(named, text)


def _first_user_frame(entry: TracebackType | None) -> TracebackType | None:
    """Leave out the frames of IPython that ran the cell."""
    found = entry
    while found is not None and "IPython" in found.tb_frame.f_code.co_filename:
        found = found.tb_next
    return found or entry


def _cell_label(shell: InteractiveShell, filename: str) -> str:
    try:
        named = shell.compile.format_code_name(filename)
    except Exception:  # not in every version of IPython
        return ""
    return " ".join(named) if named else ""
