"""Read-only connections to a database of MLflow's. Not a byte beside or in it changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.errors import StoreError
from tracker.store.headers import SQLITE, header_of
from tracker.store.sqlite.failures import store_error

BUSY_TIMEOUT = 20.0
"""Seconds to wait for a writer that is committing."""
_RECOGNISED_BY = (
    ("experiments", "experiment_id"),
    ("runs", "run_uuid"),
    ("metrics", "run_uuid"),
    ("params", "run_uuid"),
    ("tags", "run_uuid"),
)
"""Tables and columns that every schema of MLflow has had since 1.0, and tracker's own has not."""

_READ_VERSION = 19
"""Offset in the header of the byte that is 2 where the database writes ahead."""


def is_mlflow_database(path: Path) -> bool:
    """Whether the file is a database with MLflow's tables. What is damaged counts as none."""
    try:
        if header_of(path, len(SQLITE)) != SQLITE:
            return False
        with reading(path) as connection:
            return all(_has_column(connection, *it) for it in _RECOGNISED_BY)
    except (OSError, StoreError):
        return False


def _has_column(connection: sqlite3.Connection, table: str, column: str) -> bool:
    """Whether there is such a column in a table proper: a view might never end."""
    query = (
        "SELECT 1 FROM sqlite_master AS it, pragma_table_info(it.name) AS its "
        "WHERE it.type = 'table' AND it.sql NOT LIKE 'CREATE VIRTUAL%' "
        "AND it.name = ? AND its.name = ?"
    )
    return connection.execute(query, (table, column)).fetchone() is not None


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection in a read transaction. Raises StoreError.

    It is opened for each question: it then sees what others wrote, crosses no fork and no thread.
    """
    try:
        connection = _connect(path)
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise store_error(path, error) from error


def _connect(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise StoreError(f"The database {path} is not there any more. Set another tracking URI.")
    mode = "immutable=1" if _lies_still(path) else "mode=ro"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=BUSY_TIMEOUT, isolation_level=None
    )
    # Views and triggers of a file from elsewhere get to call harmless functions only.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    # Text that is not UTF-8 is shown as well as it can be, and hides nothing else.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


def _lies_still(path: Path) -> bool:
    """Whether SQLite must be told that nobody writes.

    To read a database that writes ahead it makes files beside it, unless nobody has it open. One
    that does not needs only locks, and with them sees no half of a commit.
    """
    if path.with_name(path.name + "-wal").exists():
        return False
    header = header_of(path, _READ_VERSION + 1)
    return len(header) > _READ_VERSION and header[_READ_VERSION] == 2
