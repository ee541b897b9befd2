"""What dead processes left behind: runs that never ended, journals that nobody packed.

Whoever opens the store or looks at runs does it, several at once included: each step is one
transaction that looks again before it writes.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from tracker.entities import RunStatus
from tracker.errors import StoreError
from tracker.store.sqlite import packing, runs
from tracker.store.sqlite.connection import Database
from tracker.store.sqlite.journal import list_journals, read_header
from tracker.store.sqlite.process import ProcessIdentity, can_tell, is_alive, this_process

_OWNER = "host = ? AND boot_id = ? AND pid = ? AND process_started = ?"

PATIENCE = 3_600_000
"""Milliseconds of silence after which the journals of a process elsewhere are packed.

Its runs are shown as ended long before that, but a machine that was asleep may wake and go on.
"""

_log = logging.getLogger("tracker")


class Recovery:
    """Finds and closes what dead processes left in one store."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._guard = threading.Lock()

    def recover(self) -> None:
        """Pack the journals of dead processes and end their runs; cheap where there are none."""
        if not self._guard.acquire(blocking=False):
            return
        try:
            with self._database.reading() as connection:
                dead = _dead_owners(connection)
            for owner, silence in dead.items():
                if can_tell(owner) or silence > PATIENCE:
                    self._pack_journals_of(owner)
            for owner in dead:
                self._end_runs_of(owner, dead)
        except StoreError as error:  # read-only or full: looking at runs must still work
            _log.debug("Recovery has to wait: %s", error)
        finally:
            self._guard.release()

    def sweep(self) -> None:
        """Bring files and table of journals in line, for when the store is opened.

        A packed journal's file is removed; one that the table lost with the power is entered again.
        """
        try:
            found = list_journals(self._folder)
            self._remove_old_drafts()
        except OSError as error:
            _log.debug("Cannot tidy up %s: %s", self._folder, error)
            return
        for path in found:
            try:
                self._sweep(path)
            except (StoreError, OSError) as error:
                _log.debug("Left the journal %s as it is: %s", path, error)

    def _remove_old_drafts(self) -> None:
        """Remove journals that never got their name, since their process died making them."""
        an_hour_ago = time.time() - 3600
        for draft in self._folder.glob("*.draft"):
            if draft.stat().st_mtime < an_hour_ago:
                draft.unlink(missing_ok=True)

    def after_fork_in_child(self) -> None:
        """Make the lock anew: a thread that is not here may have held it."""
        self._guard = threading.Lock()

    def _sweep(self, path: Path) -> None:
        run_id, journal_id, *_ = path.name.split(".")
        with self._database.reading() as connection:
            known = connection.execute(
                "SELECT packed_time FROM journals WHERE journal_id = ?", (journal_id,)
            ).fetchone()
        if known is not None:
            if known[0] is not None:
                path.unlink(missing_ok=True)
            return
        process = read_header(path).process
        if is_alive(process, _modified(path)):
            return  # it is about to enter it itself
        with self._database.atomic() as connection:
            enter_journal(connection, runs.row_id(connection, run_id), journal_id, process)

    def _pack_journals_of(self, owner: ProcessIdentity) -> None:
        with self._database.reading() as connection:
            left = connection.execute(
                "SELECT journal_id, (SELECT run_id FROM runs WHERE runs.id = journals.run) "
                f"FROM journals WHERE packed_time IS NULL AND {_OWNER}",
                _values(owner),
            ).fetchall()
        for journal_id, run_id in left:
            try:
                path = packing.journal_path(self._folder, run_id, journal_id)
                packing.pack_and_remove(self._database, path, journal_id)
            except StoreError as error:
                _log.warning("%s", error)

    def _end_runs_of(self, owner: ProcessIdentity, dead: Mapping[ProcessIdentity, int]) -> None:
        """End the RUNNING runs of a dead process but those that a live one still logs to."""
        with self._database.atomic() as connection:
            now = time.time_ns() // 1_000_000
            for run, seen in connection.execute(
                "SELECT id, max(start_time, coalesce(heartbeat_time, 0), "
                "  coalesce((SELECT max(heartbeat_time) FROM journals WHERE run = runs.id), 0), "
                "  coalesce((SELECT max(last_timestamp) FROM metrics "
                "            WHERE run = runs.id AND last_timestamp <= ?), 0)) "
                f"FROM runs WHERE status = 'RUNNING' AND {_OWNER}",
                (now, *_values(owner)),
            ).fetchall():
                if _writers(connection, run) <= dead.keys():
                    ended = {"status": str(RunStatus.KILLED), "end_time": seen}
                    presumed = {} if can_tell(owner) else {"heartbeat_time": None}
                    runs.write(connection, run, ended | presumed)


def enter_journal(
    connection: sqlite3.Connection, run: int, journal_id: str, process: ProcessIdentity
) -> None:
    """Enter a journal and who writes it into the table."""
    connection.execute(
        "INSERT INTO journals(journal_id, run, host, boot_id, pid, process_started, heartbeat_time)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (journal_id, run, *_values(process), time.time_ns() // 1_000_000),
    )


def beat(connection: sqlite3.Connection) -> bool:
    """Give a sign of life for all that this process has going; return whether there is any.

    A run that a process elsewhere has given up, since ours was silent for too long (asleep, frozen,
    cut off), runs again. Such runs have no heartbeat.
    """
    now = time.time_ns() // 1_000_000
    mine = _values(this_process())
    for (run,) in connection.execute(
        f"SELECT id FROM runs WHERE status = 'KILLED' AND heartbeat_time IS NULL AND {_OWNER}", mine
    ).fetchall():
        alive = {"status": str(RunStatus.RUNNING), "end_time": None, "heartbeat_time": now}
        runs.write(connection, run, alive)
    touched = connection.execute(
        f"UPDATE runs SET heartbeat_time = ? WHERE status = 'RUNNING' AND {_OWNER}", (now, *mine)
    ).rowcount
    touched += connection.execute(
        f"UPDATE journals SET heartbeat_time = ? WHERE packed_time IS NULL AND {_OWNER}",
        (now, *mine),
    ).rowcount
    return touched > 0


def _dead_owners(connection: sqlite3.Connection) -> dict[ProcessIdentity, int]:
    """Return who left something behind, and how many ms ago each gave its last sign of life."""
    here, now = this_process(), time.time_ns() // 1_000_000
    owners = connection.execute(
        "SELECT host, boot_id, pid, process_started, max(heartbeat_time) FROM ("
        "SELECT host, boot_id, pid, process_started, heartbeat_time FROM runs "
        "WHERE status = 'RUNNING' UNION ALL "
        "SELECT host, boot_id, pid, process_started, heartbeat_time FROM journals "
        "WHERE packed_time IS NULL) WHERE pid IS NOT NULL GROUP BY 1, 2, 3, 4"
    ).fetchall()
    found = [(ProcessIdentity(*columns), heartbeat or 0) for *columns, heartbeat in owners]
    return {
        owner: now - heartbeat
        for owner, heartbeat in found
        if owner != here and not is_alive(owner, heartbeat, now)
    }


def _writers(connection: sqlite3.Connection, run: int) -> set[ProcessIdentity]:
    """Return who has a journal of the run open."""
    rows = connection.execute(
        "SELECT DISTINCT host, boot_id, pid, process_started FROM journals "
        "WHERE run = ? AND packed_time IS NULL",
        (run,),
    )
    return {ProcessIdentity(*columns) for columns in rows}


def _values(process: ProcessIdentity) -> tuple[str, str, int, int]:
    return process.host, process.boot_id, process.pid, process.started


def _modified(path: Path) -> int:
    return path.stat().st_mtime_ns // 1_000_000
