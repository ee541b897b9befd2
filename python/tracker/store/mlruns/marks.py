"""Whether files changed since they were read: by the times and sizes that the system keeps."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from typing import TypeAlias

Mark: TypeAlias = list[int] | None
"""Time of the last change in ns and size in bytes; None where there is no such file.

A list, for so it comes back from JSON, by the hundred thousand.
"""

COARSEST = 2_000_000_000
"""Nanoseconds within which a second change may leave no other time, on FAT the most."""


def mark(path: str) -> Mark:
    """Return the mark of a file or folder as it is now. A folder changes with the names in it."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size]


def marks_of(base: str, paths: Iterable[str]) -> dict[str, Mark]:
    """Return the marks of paths below `base`, under their relative names."""
    start = len(base) + 1
    return {path[start:]: mark(path) for path in paths}


def still_hold(base: str, marks: Mapping[str, Mark]) -> bool:
    """Whether everything is as it was when marked."""
    prefix = base + os.sep
    return all(mark(prefix + name if name else base) == known for name, known in marks.items())


def are_settled(marks: Mapping[str, Mark], read_at: int) -> bool:
    """Whether nothing changed so shortly before `read_at` that a later change could look alike."""
    limit = read_at - COARSEST
    return all(known is None or known[0] < limit for known in marks.values())


def now() -> int:
    """Return the time in ns, as files' times are counted."""
    return time.time_ns()
