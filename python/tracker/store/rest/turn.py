"""Whose turn it is to send from an outbox: one process at a time, given back by whoever dies."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.store.sqlite.failures import store_error

_LOOK_AGAIN = 0.02


class Turn:
    """The right to send, held as SQLite's own lock on a file: it works wherever the outbox does."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def taken(self, patience: float) -> Iterator[bool]:
        """Yield whether it is our turn, waiting so many seconds for it. Raises StoreError."""
        try:
            connection = sqlite3.connect(self._path, timeout=0.0, isolation_level=None)
        except sqlite3.Error as error:
            raise store_error(self._path, error) from error
        try:
            yield self._wait(connection, time.monotonic() + patience)
        finally:
            connection.close()

    def _wait(self, connection: sqlite3.Connection, deadline: float) -> bool:
        while True:
            try:
                connection.execute("BEGIN EXCLUSIVE")
                return True
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise store_error(self._path, error) from error
            if time.monotonic() >= deadline:
                return False
            time.sleep(_LOOK_AGAIN)
