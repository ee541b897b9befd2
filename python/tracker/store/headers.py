"""The first bytes of a database, read so that nobody's locks are lost.

On POSIX a process loses all its locks of a file when it closes any descriptor of it, also those
that SQLite holds for a connection; then others may write under it, and the database is damaged. So
a descriptor that was opened to look at a file stays open. It is one for each file.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

SQLITE = b"SQLite format 3\0"
"""The first bytes of every SQLite database."""

_descriptors: dict[tuple[int, int], int] = {}
_guard = threading.Lock()


def header_of(path: Path, size: int) -> bytes:
    """Return the first bytes of a file, fewer where it has no more. Raises OSError."""
    if not hasattr(os, "pread"):  # where locks belong to handles, as on Windows
        with path.open("rb") as file:
            return file.read(size)
    status = path.stat()
    key = (status.st_dev, status.st_ino)
    with _guard:
        if key not in _descriptors:
            _descriptors[key] = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        return os.pread(_descriptors[key], size, 0)


def _after_fork_in_child() -> None:
    global _guard
    _guard = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
