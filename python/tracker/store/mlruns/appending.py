"""Appending points: one write each, into files that stay open for a while."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from tracker.entities import Metric
from tracker.errors import StoreError
from tracker.store.mlruns import marks
from tracker.store.mlruns.files import failure, prepare_parent
from tracker.store.mlruns.layout import META, below
from tracker.store.mlruns.metrics import line

OPEN_FILES = 128
"""Files of metrics kept open; the one that waited longest is closed for another."""

_FLAGS = (
    os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)  # fmt: skip


class _Run(NamedTuple):
    """A run that was found active when its meta.yaml had this mark."""

    path: str
    meta: marks.Mark


class Appender:
    """Writes points of runs. `find_active` returns a run's folder, or raises why it may not."""

    def __init__(self, find_active: Callable[[str], str]) -> None:
        self._find_active = find_active
        self._runs: dict[str, _Run] = {}
        self._files: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._guard = threading.Lock()

    def append(self, run_id: str, points: Sequence[Metric]) -> None:
        """Write points, each whole. Raises NotFound, InvalidState, InvalidValue, StoreError."""
        with self._guard:
            path = self._active(run_id)
            for point in points:
                descriptor = self._file(run_id, path, point.key)
                content = line(point)
                try:
                    written = os.write(descriptor, content)
                except OSError as error:
                    raise failure(f"{path}/metrics/{point.key}", error) from error
                if written < len(content):
                    raise StoreError(
                        f"The disk is full: a point of {path}/metrics/{point.key} was cut off."
                    )

    def forget(self, run_id: str) -> None:
        """Close the files of a run, and look whether it is active before the next point."""
        with self._guard:
            self._runs.pop(run_id, None)
            for key in [it for it in self._files if it[0] == run_id]:
                os.close(self._files.pop(key))

    def close(self) -> None:
        """Close all files; what is logged later opens them again."""
        with self._guard:
            self._runs.clear()
            while self._files:
                os.close(self._files.popitem()[1])

    def begin_anew(self) -> None:
        """In a forked child: another thread may have held the lock at that moment."""
        self._guard = threading.Lock()

    def _active(self, run_id: str) -> str:
        known = self._runs.get(run_id)
        if known is not None and marks.mark(below(known.path, META)) == known.meta:
            return known.path
        if known is not None:  # deleted, moved to the trash, restored, renamed: by anyone
            for key in [it for it in self._files if it[0] == run_id]:
                os.close(self._files.pop(key))
        path = self._find_active(run_id)
        self._runs[run_id] = _Run(path, marks.mark(below(path, META)))
        return path

    def _file(self, run_id: str, path: str, key: str) -> int:
        known = self._files.get((run_id, key))
        if known is not None:
            self._files.move_to_end((run_id, key))
            return known
        while len(self._files) >= OPEN_FILES:
            os.close(self._files.popitem(last=False)[1])
        file = below(path, "metrics", *key.split("/"))
        try:
            prepare_parent(file, path)
            descriptor = os.open(file, _FLAGS, 0o666)
        except OSError as error:
            raise failure(file, error) from error
        self._files[run_id, key] = descriptor
        _end_last_line(descriptor)
        return descriptor


def _end_last_line(descriptor: int) -> None:
    """Keep the first new point apart from a last line that was cut off."""
    size = os.fstat(descriptor).st_size
    if size == 0:
        return
    with suppress(OSError):
        os.lseek(descriptor, size - 1, os.SEEK_SET)
        if os.read(descriptor, 1) != b"\n":
            os.write(descriptor, b"\n")
