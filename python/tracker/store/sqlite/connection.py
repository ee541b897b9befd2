"""Connections to one database file: one for each thread, writers in turn, errors in words.

A connection must not cross `fork`: closing it in the child would drop the parent's file locks, and
using it would corrupt the file. The child therefore keeps what it inherited, untouched, for as long
as it lives, and opens its own.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from tracker.errors import StoreError
from tracker.store.sqlite.failures import store_error

BUSY_TIMEOUT = 120.0
"""Seconds a writer waits for its turn before it gives up; turns take milliseconds."""


class Database:
    """One database file as this process uses it; every thread gets a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._open: dict[sqlite3.Connection, threading.Thread] = {}
        self._guard = threading.Lock()
        self._turn = threading.RLock()
        self._inode: tuple[int, int] | None = None

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection. Raises StoreError, sqlite3.Error."""
        try:
            found: sqlite3.Connection = self._local.connection
        except AttributeError:
            found = self._local.connection = self._connect()
        return found

    def atomic(self) -> Transaction:
        """Return a context manager: a write transaction that yields the connection.

        It waits for its turn, commits at the end and rolls back when an exception passes. Raises
        StoreError. It does not nest.
        """
        return Transaction(self)

    def reading(self) -> Reading:
        """Return a context manager that yields the connection and turns its errors into ours.

        All statements inside see one and the same state of the store.
        """
        return Reading(self)

    def is_there(self) -> bool:
        """Whether the path still leads to the file that was opened."""
        try:
            status = self.path.stat()
        except OSError:
            return False
        return self._inode in (None, (status.st_dev, status.st_ino))

    def close(self) -> None:
        """Close the connections of all threads; whoever goes on using the database opens anew."""
        with self._turn, self._guard:
            for connection in self._open:
                connection.close()
            self._open.clear()
            self._local = threading.local()

    def _connect(self) -> sqlite3.Connection:
        with self._guard:
            self._close_those_of_ended_threads()
            connection = sqlite3.connect(
                self.path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA synchronous = NORMAL")
            status = self.path.stat()
            self._inode = self._inode or (status.st_dev, status.st_ino)
            self._open[connection] = threading.current_thread()
            return connection

    def _close_those_of_ended_threads(self) -> None:
        for connection, thread in list(self._open.items()):
            if not thread.is_alive():
                connection.close()
                del self._open[connection]

    def before_fork(self) -> None:
        """Wait until no writer is inside SQLite, whose locks the child would inherit locked."""
        self._turn.acquire(timeout=5.0)

    def after_fork_in_parent(self) -> None:
        """Let the writers go on."""
        with suppress(RuntimeError):  # not ours: the wait before was given up
            self._turn.release()

    def after_fork_in_child(self) -> None:
        """Begin anew with no connection open, see the module."""
        _inherited.extend(self._open)
        self._open = {}
        self._local = threading.local()
        self._guard = threading.Lock()
        self._turn = threading.RLock()


class Transaction:
    """A write transaction as a context manager, see `Database.atomic`."""

    __slots__ = ("_connection", "_database")

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> sqlite3.Connection:
        database = self._database
        database._turn.acquire()
        try:
            self._connection = database.connection()
            if not database.is_there():
                raise StoreError(
                    f"The store {database.path} was removed or replaced while it was in use. "
                    "What is logged from here on cannot be kept there: restart the kernel, or set "
                    "the tracking URI again, to begin a new store."
                )
            self._connection.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            database._turn.release()
            if isinstance(error, sqlite3.Error):
                raise store_error(database.path, error) from error
            raise
        return self._connection

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                try:
                    self._connection.execute("COMMIT")
                except sqlite3.Error as failure:
                    self._roll_back()
                    raise store_error(self._database.path, failure) from failure
                return
            self._roll_back()
            if isinstance(error, sqlite3.Error):
                raise store_error(self._database.path, error) from error
        finally:
            self._database._turn.release()

    def _roll_back(self) -> None:
        """Undo, without hiding the error that made us: SQLite may have rolled back by itself."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


class Reading:
    """A read transaction as a context manager, see `Database.reading`. It may nest."""

    __slots__ = ("_connection", "_database", "_nested")

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection = self._database.connection()
            self._nested = self._connection.in_transaction
            if not self._nested:
                self._connection.execute("BEGIN")
        except sqlite3.Error as error:
            raise store_error(self._database.path, error) from error
        return self._connection

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._nested and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            raise store_error(self._database.path, error) from error


_inherited: list[sqlite3.Connection] = []
