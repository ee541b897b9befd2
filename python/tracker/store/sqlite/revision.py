"""The store's revision: one number that grows with every change, and who changed since."""

from __future__ import annotations

import sqlite3

from tracker.entities import Changes

REMOVALS_KEPT = 10_000
"""How many removed runs are remembered for those who follow the revision."""


def bump(connection: sqlite3.Connection) -> int:
    """Return the next revision, inside a write transaction."""
    connection.execute("UPDATE state SET value = value + 1 WHERE name = 'revision'")
    return read(connection)


def read(connection: sqlite3.Connection) -> int:
    """Return the current revision."""
    (value,) = connection.execute("SELECT value FROM state WHERE name = 'revision'").fetchone()
    return int(value)


def changes(connection: sqlite3.Connection, since: int | None) -> Changes:
    """Return what changed after `since`; with None only the current revision."""
    revision = read(connection)
    if since is None or since >= revision:
        return Changes(revision, (), since is not None and since > revision)
    run_ids = connection.execute(
        "SELECT run_id FROM (SELECT run_id, revision FROM runs WHERE revision > ?1 UNION ALL "
        "SELECT run_id, revision FROM removals WHERE revision > ?1) ORDER BY revision",
        (since,),
    )
    experiments = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM experiments WHERE revision > ?)", (since,)
    ).fetchone()[0]
    return Changes(revision, tuple(run_id for (run_id,) in run_ids), bool(experiments))


def remember_removals(connection: sqlite3.Connection, run_ids: list[str], revision: int) -> None:
    """Let followers hear that these runs are gone, and forget the oldest such news."""
    connection.executemany(
        "INSERT OR REPLACE INTO removals VALUES (?, ?)", [(run_id, revision) for run_id in run_ids]
    )
    connection.execute(
        "DELETE FROM removals WHERE revision < (SELECT revision FROM removals "
        "ORDER BY revision DESC LIMIT 1 OFFSET ?)",
        (REMOVALS_KEPT,),
    )
