"""What changed in a database that others write: noticed by looking, for nobody tells."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from tracker.entities import Changes
from tracker.store.mlflow_db.connection import reading
from tracker.store.mlflow_db.schema import read_schema
from tracker.store.mlflow_db.values import text

_Mark = tuple[object, ...]


class Revisions:
    """Numbers the states of one database as this process sees them.

    They begin at the time of the first look, so that a later process never counts below an earlier
    one, and rise by one with every change that is seen.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._first = self._revision = time.time_ns() // 1_000_000
        self._signature: _Mark | None = None
        self._marks: dict[str, _Mark] = {}
        self._changed: dict[str, int] = {}
        self._experiments: _Mark = ()
        self._experiments_changed = 0

    def changes(self, since: int | None) -> Changes:
        """Return what changed after `since`: all, where that is not of this object's counting."""
        with self._guard:
            self._look()
            if since is None:
                return Changes(self._revision, (), experiments_changed=False)
            if not self._first <= since <= self._revision:
                return Changes(self._revision, tuple(self._marks), experiments_changed=True)
            changed = tuple(run_id for run_id, at in self._changed.items() if at > since)
            return Changes(self._revision, changed, self._experiments_changed > since)

    def _look(self) -> None:
        signature = _signature(self._path)
        if signature == self._signature:
            return
        is_first, self._signature = self._signature is None, signature
        marks, experiments = _marks(self._path)
        if not is_first:
            self._revision += 1
            both = self._marks.keys() | marks.keys()
            changed = (it for it in both if self._marks.get(it) != marks.get(it))
            self._changed |= dict.fromkeys(changed, self._revision)
            if experiments != self._experiments:
                self._experiments_changed = self._revision
        self._marks, self._experiments = marks, experiments


def _signature(path: Path) -> _Mark:
    """Return what tells that a file was written: SQLite writes the log first, or the file."""
    found: list[object] = []
    for it in (path, path.with_name(path.name + "-wal")):
        try:
            status = it.stat()
        except OSError:
            found.append(None)
        else:
            found.append((status.st_ino, status.st_mtime_ns, status.st_size))
    return tuple(found)


def _marks(path: Path) -> tuple[dict[str, _Mark], _Mark]:
    """Return what each run looks like in short, and what all experiments do."""
    with reading(path) as connection:
        schema = read_schema(connection)
        stage = schema.column("runs", "lifecycle_stage")
        marks: dict[str, _Mark] = {
            text(run_id): tuple(row)
            for run_id, *row in connection.execute(
                f"SELECT run_uuid, name, status, end_time, {stage} FROM runs"
            )
        }
        for table, columns in (
            ("metrics", "max(rowid), count(*)"),
            ("params", "max(rowid), count(*)"),
            ("tags", "count(*), group_concat(key || '=' || value)"),
            *([("inputs", "count(*), 0")] if schema.has("inputs") else []),
        ):
            owner = "destination_id" if table == "inputs" else "run_uuid"
            for run_id, *row in connection.execute(
                f"SELECT {owner}, {columns} FROM {table} GROUP BY {owner}"
            ):
                if run_id in marks:
                    marks[run_id] = (*marks[run_id], table, *row)
        experiments = connection.execute("SELECT * FROM experiments").fetchall()
        if schema.has("experiment_tags"):
            experiments += connection.execute("SELECT * FROM experiment_tags").fetchall()
    return marks, tuple(map(tuple, experiments))
