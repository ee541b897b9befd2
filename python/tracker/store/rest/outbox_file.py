"""The database file of an outbox: made where there is none, and which server it is for."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from tracker.errors import StoreError
from tracker.store.rest.places import DATABASE
from tracker.store.sqlite.connection import BUSY_TIMEOUT, connect
from tracker.store.sqlite.failures import store_error
from tracker.store.sqlite.filesystem import maps_reliably

_TABLES = """
CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS experiments(
    local_id TEXT PRIMARY KEY, experiment_id TEXT, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS runs(
    local_id TEXT PRIMARY KEY, run_id TEXT UNIQUE, snapshot TEXT NOT NULL,
    attempted INTEGER NOT NULL DEFAULT 0, touched INTEGER NOT NULL,
    host TEXT, boot_id TEXT, pid INTEGER, started INTEGER
);
CREATE TABLE IF NOT EXISTS operations(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, local_id TEXT NOT NULL, kind TEXT NOT NULL,
    body BLOB NOT NULL, time INTEGER NOT NULL, refusal TEXT
);
CREATE INDEX IF NOT EXISTS operations_of_run ON operations(local_id, seq);
"""


def server_of(folder: Path) -> str:
    """Return which server an outbox is for. Raises StoreError."""
    path = folder / DATABASE
    try:
        connection = connect(path)
        try:
            found = connection.execute("SELECT value FROM about WHERE name = 'server'").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise store_error(path, error) from error
    if found is None:
        raise StoreError(f"{path} does not say which server it is for.")
    return str(found[0])


def prepare(path: Path, server: str) -> None:
    """Make the file an outbox for a server; one that is already stays. Raises StoreError."""
    try:
        connection = connect(path, create=True)
        try:
            connection.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT * 1000)}")
            if maps_reliably(path.parent):
                _write_ahead(connection)
            connection.executescript(_TABLES)
            connection.execute("INSERT OR IGNORE INTO about VALUES ('server', ?)", (server,))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise store_error(path, error) from error


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work at once. The change does not wait for others, so we do."""
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
