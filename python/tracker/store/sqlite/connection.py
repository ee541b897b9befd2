"""Connections to one database file: one for each thread, writers in turn, errors in words.

A connection must not cross `fork`: closing it in the child would drop the parent's file locks, and
using it would corrupt the file. The child therefore keeps what it inherited, untouched, for as long
as it lives, and opens its own.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tracker.errors import StoreError
from tracker.store.sqlite.failures import store_error

BUSY_TIMEOUT = 120.0
"""Seconds a writer waits for its turn before it gives up; turns take milliseconds."""


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Return a new connection, without creating the file unless told to. Raises sqlite3.Error.

    A store in a folder that we may not write can be read where nobody has it open for writing
    (`immutable`), and where somebody has, with the help of that one's files.
    """
    mode = "mode=rwc" if create else "mode=rw"
    if path.exists() and not is_writable(path):
        mode = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA synchronous = NORMAL")
    # A file from elsewhere may hold views and triggers; they get to call harmless functions only.
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def is_writable(path: Path) -> bool:
    """Whether this process may write the file and beside it, where SQLite keeps its log."""
    effective = os.access in os.supports_effective_ids
    return all(os.access(it, os.W_OK, effective_ids=effective) for it in (path, path.parent))


class Database:
    """One database file as this process uses it; every thread gets a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._open: dict[sqlite3.Connection, threading.Thread] = {}
        self._guard = threading.RLock()
        self.turn = threading.RLock()
        """Held by who writes, and by who changes what this process has open for writing.

        It is one lock for both: a signal handler that logs, in the midst of either, then cannot
        wait for a thread that waits for the interrupted one.
        """
        self._inode: tuple[int, int] | None = None
        self.is_read_only = not is_writable(path)

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection. Raises StoreError, sqlite3.Error."""
        try:
            found: sqlite3.Connection = self._local.connection
        except AttributeError:
            found = self._local.connection = self._connect()
        return found

    @contextmanager
    def atomic(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a write transaction, committed at the end.

        It waits for its turn, and rolls back when an exception passes. Raises StoreError. It does
        not nest.
        """
        # An interrupt may strike anywhere: only what `with` and `try` hold is surely given back.
        with self.turn, self._in_words():
            connection = self.connection()
            if not self.is_there():
                raise self.is_gone()
            if connection.in_transaction:
                raise StoreError(
                    f"A signal handler cannot write to {self.path} while the program that it "
                    "interrupts is doing so. Points of metrics that the run has already can be "
                    "logged there at any moment."
                )
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a read transaction: all statements see one and the same state.

        Inside another transaction it is part of that one. Raises StoreError.
        """
        with self._in_words():
            connection = self.connection()
            if connection.in_transaction:
                yield connection
                return
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if self.is_read_only:  # what reads without locks must not read on after a change
                    self._let_go(connection)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Turn SQLite's errors into StoreError."""
        try:
            yield
        except sqlite3.Error as error:
            raise store_error(self.path, error) from error

    def is_there(self) -> bool:
        """Whether the path still leads to the file that was opened."""
        try:
            status = self.path.stat()
        except OSError:
            return False
        return self._inode in (None, (status.st_dev, status.st_ino))

    def close(self) -> None:
        """Close the connections of all threads; whoever goes on using the database opens anew."""
        with self.turn, self._guard:
            for connection in self._open:
                connection.close()
            self._open.clear()
            self._local = threading.local()
            self._inode = None

    def _connect(self) -> sqlite3.Connection:
        with self._guard:
            self._close_those_of_ended_threads()
            connection = connect(self.path)
            status = self.path.stat()
            found = (status.st_dev, status.st_ino)
            self._inode = self._inode or found
            if found != self._inode:
                connection.close()
                raise self.is_gone()
            self._open[connection] = threading.current_thread()
            return connection

    def is_gone(self) -> StoreError:
        """Return the error for a store whose file went away under us."""
        return StoreError(
            f"The store {self.path} was removed or replaced while it was in use. What is logged "
            "from here on cannot be kept there: restart the kernel, or set the tracking URI again, "
            "to begin a new store."
        )

    def _let_go(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            self._open.pop(connection, None)
        del self._local.connection
        connection.close()

    def _close_those_of_ended_threads(self) -> None:
        for connection, thread in list(self._open.items()):
            if not thread.is_alive():
                connection.close()
                del self._open[connection]

    def before_fork(self) -> None:
        """Wait until no writer is inside SQLite, whose locks the child would inherit locked."""
        self.turn.acquire(timeout=5.0)

    def after_fork_in_parent(self) -> None:
        """Let the writers go on."""
        with suppress(RuntimeError):  # not ours: the wait before was given up
            self.turn.release()

    def after_fork_in_child(self) -> None:
        """Begin anew with no connection open, see the module."""
        _inherited.extend(self._open)
        self._open = {}
        self._local = threading.local()
        self._guard = threading.RLock()
        self.turn = threading.RLock()


_inherited: list[sqlite3.Connection] = []
