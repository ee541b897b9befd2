"""What went wrong on our side of a cell: told in one line, and never in the way of the cell."""

from __future__ import annotations

import sys
from types import TracebackType

from tracker.errors import TrackerError


class Trouble:
    """Collects what could not be done for one cell. `tell` says it once."""

    def __init__(self) -> None:
        self._failures: dict[str, str] = {}

    def while_(self, doing: str) -> _Guard:
        """Return a context manager in whose body a failure is noted and goes no further.

        `doing` continues the words "could not": "keep its outputs".
        """
        return _Guard(self, doing)

    def note(self, doing: str, error: Exception) -> None:
        """Note that something could not be done."""
        self._failures.setdefault(_reason(error), doing)

    def tell(self) -> None:
        """Print what was noted, if anything was, as one line to stderr."""
        if not self._failures:
            return
        parts = "; ".join(f"could not {doing}: {why}" for why, doing in self._failures.items())
        self._failures.clear()
        try:
            print(f"tracker {parts} (your code is not affected)", file=sys.stderr)
        except Exception:  # a stderr that is gone or replaced by something odd
            return


class _Guard:
    def __init__(self, trouble: Trouble, doing: str) -> None:
        self._trouble = trouble
        self._doing = doing

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self._trouble.note(self._doing, error)
        return True


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, TrackerError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
