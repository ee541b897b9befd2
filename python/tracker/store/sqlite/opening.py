"""Opening a database file: made where there is none, carried forward where it is old."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from tracker.errors import StoreError
from tracker.store.sqlite import schema
from tracker.store.sqlite.connection import BUSY_TIMEOUT, connect
from tracker.store.sqlite.failures import store_error
from tracker.store.sqlite.filesystem import maps_reliably

OLDEST_SQLITE = (3, 30, 0)
"""The first that sorts NULLS LAST."""


def prepare(path: Path) -> None:
    """Make `path` a store of the newest schema; one that is already is only looked at.

    Several processes may do this at once. Raises StoreError, StoreTooNew.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            f"Python here is linked to SQLite {sqlite3.sqlite_version}; tracker needs "
            f"{'.'.join(map(str, OLDEST_SQLITE))} or newer."
        )
    try:
        connection = connect(path, create=True)
        try:
            version = schema.find_version(connection, path)
            if version == 0:
                _create(connection, path)
            elif version < schema.VERSION:
                from tracker.store.sqlite import upgrading  # brings sqlite_utils: half a second

                upgrading.upgrade(connection, path)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise store_error(path, error) from error


def _create(connection: sqlite3.Connection, path: Path) -> None:
    _choose_journal_mode(connection, path)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if schema.find_version(connection, path) == 0:
            schema.create(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _choose_journal_mode(connection: sqlite3.Connection, path: Path) -> None:
    """Write ahead where processes can share memory; the file remembers it for all who follow.

    Elsewhere (network drives, FUSE) SQLite keeps the slower rollback journal, which needs only
    locks. The change itself does not wait for others, so we do.
    """
    if not maps_reliably(path.parent):
        return
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not is_busy or time.monotonic() > deadline:
                raise
            time.sleep(0.005)
