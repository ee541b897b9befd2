"""What a store's file says of itself, for those who keep it in order. Nothing here writes.

The file may be of an earlier version, or damaged: it is looked at without opening it as a store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tracker.store.sqlite import schema
from tracker.store.sqlite.connection import connect
from tracker.store.sqlite.failures import store_error
from tracker.store.sqlite.journal import list_journals
from tracker.store.sqlite.journal_writer import SUFFIX

INTEGRITY_LINES = 20
"""Faults that `integrity_faults` names; a damaged file has thousands."""


@dataclass(frozen=True, slots=True)
class Census:
    """Who is in a store. `open_journals` are file names of journals that are not packed."""

    version: int
    run_ids: frozenset[str]
    running: frozenset[str]
    open_journals: frozenset[str]


def census(path: Path) -> Census:
    """Count what is in the file. Raises StoreError, StoreTooNew."""
    with _looking(path) as connection:
        version = schema.find_version(connection, path)
        if version == 0:
            return Census(0, frozenset(), frozenset(), frozenset())
        rows = connection.execute("SELECT run_id, status FROM runs").fetchall()
        journals = connection.execute(
            "SELECT run_id, journal_id FROM journals JOIN runs ON runs.id = journals.run "
            "WHERE packed_time IS NULL"
        )
        return Census(
            version,
            frozenset(run_id for run_id, _ in rows),
            frozenset(run_id for run_id, status in rows if status == "RUNNING"),
            frozenset(f"{run_id}.{journal_id}{SUFFIX}" for run_id, journal_id in journals),
        )


def integrity_faults(path: Path) -> list[str]:
    """Return what SQLite finds wrong with the file; it reads all of it. Raises StoreError."""
    with _looking(path) as connection:
        found = connection.execute(f"PRAGMA integrity_check({INTEGRITY_LINES})").fetchall()
        return [text for (text,) in found if text != "ok"]


def runs_deleted_until(path: Path, time: int) -> list[str]:
    """Return the ids of the runs in the bin that were there at `time` (ms). Raises StoreError."""
    with _looking(path) as connection:
        rows = connection.execute(
            "SELECT run_id FROM runs WHERE lifecycle_stage = 'deleted' "
            "AND coalesce(deleted_time, 0) <= ? ORDER BY deleted_time, run_id",
            (time,),
        )
        return [run_id for (run_id,) in rows]


def journal_files(path: Path) -> frozenset[str]:
    """Return the names of the journals that lie beside the file."""
    return frozenset(journal.name for journal in list_journals(path.parent / "journals"))


@contextmanager
def _looking(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(connect(path)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise store_error(path, error) from error
