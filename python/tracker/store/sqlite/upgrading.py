"""Carry a store that an earlier version wrote forward to the newest schema, a copy kept aside.

To change the schema: change `schema.TABLES`, raise `schema.VERSION`, and add to STEPS what makes a
file of the version before the same as a new one. `tests/store/sqlite/test_upgrading.py` compares.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from tracker.store.sqlite import schema

STEPS: dict[int, Callable[[Database], None]] = {}
"""Version of a file -> what carries it to the next one, inside the upgrade's transaction."""


def upgrade(
    connection: sqlite3.Connection,
    path: Path,
    *,
    steps: Mapping[int, Callable[[Database], None]] = STEPS,
    target: int = schema.VERSION,
) -> None:
    """Bring the open file at `path` to version `target`, all of it or nothing.

    Before that it is copied to `<name>.v<version>.bak` beside it. Where another process was quicker
    nothing is done. Raises StoreError, sqlite3.Error.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = schema.find_version(connection, path)
        if version < target:
            _copy(path, path.with_name(f"{path.name}.v{version}.bak"))
        database = Database(connection)
        for number in range(version, target):
            steps[number](database)
        connection.execute(f"PRAGMA user_version = {target}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _copy(source: Path, target: Path) -> None:
    """Copy what is committed; the copy has its name only once it is whole."""
    draft = target.with_name(target.name + ".draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(draft)) as copy:
        original.backup(copy)
    draft.replace(target)
