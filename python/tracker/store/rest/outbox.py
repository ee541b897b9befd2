"""What waits to be sent to one server, in a small SQLite file: a call's words are in it when the
call returns, and leave it when the server has confirmed them. Several processes may use it at once.

`runs` knows every run that is logged to from here: its id here, its id at the server once it has
one, and how it is after all that was sent (`snapshots`). `operations` is the queue.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.entities import Run
from tracker.errors import InvalidValue
from tracker.store.rest import snapshots
from tracker.store.rest.operations import FILE, Operation
from tracker.store.rest.outbox_file import prepare
from tracker.store.rest.places import DATABASE
from tracker.store.sqlite.connection import Database
from tracker.store.sqlite.process import ProcessIdentity, is_alive, this_process

KEPT_AFTER_THE_END = 7 * 86_400_000
"""Milliseconds for which a run's two ids are remembered after the last word about it."""

_OPERATION = "seq, local_id, kind, body, time"
_ROW = "local_id, run_id, snapshot, attempted, touched"


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run that is logged to from here. `run_id` is None while the server does not have it.

    Operations up to the seq `attempted` may have been done without our hearing of it.
    """

    local_id: str
    run_id: str | None
    snapshot: Run
    attempted: int
    touched: int


class Outbox:
    """The outbox in a folder. Raises StoreError where its file cannot be used."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        self.files = folder / "files"
        self._path = folder / DATABASE
        prepare(self._path, server)
        self.database = Database(self._path)

    # -- storing ----------------------------------------------------------------------------

    def append(self, local_id: str, words: Iterable[tuple[str, bytes]]) -> None:
        """Store operations, all or none."""
        now = now_ms()
        rows = [(local_id, kind, body, now) for kind, body in words]
        with self.database.atomic() as connection:
            connection.executemany(
                "INSERT INTO operations(local_id, kind, body, time) VALUES (?, ?, ?, ?)", rows
            )

    def append_point(self, local_id: str, body: bytes) -> None:
        """Store one point: the hot path, some 20 microseconds."""
        with self.database.atomic() as connection:
            connection.execute(
                "INSERT INTO operations(local_id, kind, body, time) VALUES (?, 'point', ?, ?)",
                (local_id, body, now_ms()),
            )

    # -- the queue --------------------------------------------------------------------------

    def waits(self, local_id: str) -> bool:
        """Return whether anything waits for a run."""
        return bool(
            self._rows(
                "SELECT 1 FROM operations WHERE local_id = ? AND refusal IS NULL LIMIT 1", local_id
            )
        )

    def waiting_runs(self) -> list[str]:
        """Return the runs for which something waits, first come first."""
        rows = self._rows(
            "SELECT local_id FROM operations WHERE refusal IS NULL "
            "GROUP BY local_id ORDER BY MIN(seq)"
        )
        return [local_id for (local_id,) in rows]

    def last(self) -> int:
        """Return the number of the newest operation."""
        return int(self._rows("SELECT COALESCE(MAX(seq), 0) FROM operations")[0][0])

    def next(self, local_id: str, limit: int, up_to: int) -> list[Operation]:
        """Return the operations of a run that come first, of those up to a number."""
        return self._operations(
            "WHERE local_id = ? AND refusal IS NULL AND seq <= ? ORDER BY seq LIMIT ?",
            local_id, up_to, limit,
        )  # fmt: skip

    def pending(self, local_id: str) -> Iterator[Operation]:
        """Yield all operations of a run that wait; there may be millions."""
        after, up_to = 0, self.last()
        while True:
            found = self._operations(
                "WHERE local_id = ? AND refusal IS NULL AND seq > ? AND seq <= ? "
                "ORDER BY seq LIMIT 10000",
                local_id, after, up_to,
            )  # fmt: skip
            yield from found
            if not found:
                return
            after = found[-1].seq

    def everything(self) -> list[tuple[Operation, str | None]]:
        """Return all operations, with what the server said to those that it refused."""
        rows = self._rows(f"SELECT {_OPERATION}, refusal FROM operations ORDER BY seq")
        return [(Operation(*row[:-1]), row[-1]) for row in rows]

    def attempt(self, local_id: str, up_to: int) -> None:
        """Remember that operations up to this one are about to be sent; 0: that none is."""
        with self.database.atomic() as connection:
            connection.execute(
                "UPDATE runs SET attempted = ? WHERE local_id = ?", (up_to, local_id)
            )

    def done(self, operations: Sequence[Operation], snapshot: Run) -> None:
        """Take off what the server has, with the run as it is after it."""
        local_id, seqs = operations[0].local_id, [(it.seq,) for it in operations]
        with self.database.atomic() as connection:
            connection.executemany("DELETE FROM operations WHERE seq = ?", seqs)
            connection.execute(
                "UPDATE runs SET snapshot = ?, attempted = 0, touched = MAX(touched, ?) "
                "WHERE local_id = ?",
                (snapshots.dump(snapshot), operations[-1].time, local_id),
            )
        self._remove_files(operations)

    def refuse(self, operations: Sequence[Operation], why: str) -> None:
        """Set aside what the server refused."""
        with self.database.atomic() as connection:
            connection.executemany(
                "UPDATE operations SET refusal = ? WHERE seq = ?",
                [(why, it.seq) for it in operations],
            )

    def ask_again(self) -> None:
        """Let what was refused wait once more."""
        with self.database.atomic() as connection:
            connection.execute("UPDATE operations SET refusal = NULL WHERE refusal IS NOT NULL")

    def discard_refused(self) -> int:
        """Remove what was refused, for good; return how much that was."""
        gone = self._operations("WHERE refusal IS NOT NULL")
        with self.database.atomic() as connection:
            connection.executemany(
                "DELETE FROM operations WHERE seq = ?", [(it.seq,) for it in gone]
            )
        self._remove_files(gone)
        return len(gone)

    # -- runs -------------------------------------------------------------------------------

    def add_run(
        self, local_id: str, run_id: str | None, snapshot: Run, *, is_own: bool, create: bytes = b""
    ) -> None:
        """Know a run from now on; with `create`, make it at the server first."""
        now, owner = now_ms(), _owner(is_own)
        row = (local_id, run_id, snapshots.dump(snapshot), now, *owner)
        with self.database.atomic() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO runs"
                "(local_id, run_id, snapshot, touched, host, boot_id, pid, started) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            if create:
                connection.execute(
                    "INSERT INTO operations(local_id, kind, body, time) VALUES (?, 'create', ?, ?)",
                    (local_id, create, now),
                )

    def created(self, operation: Operation, run: Run) -> None:
        """Note that the server has a run now, under an id of its own."""
        with self.database.atomic() as connection:
            connection.execute("DELETE FROM operations WHERE seq = ?", (operation.seq,))
            connection.execute(
                "UPDATE runs SET run_id = ?, snapshot = ?, attempted = 0 WHERE local_id = ?",
                (run.info.run_id, snapshots.dump(run), operation.local_id),
            )

    def find(self, run_id: str) -> KnownRun | None:
        """Return the run with this id, which it has here or at the server."""
        rows = self._rows(
            f"SELECT {_ROW} FROM runs WHERE local_id = ? OR run_id = ?", run_id, run_id
        )
        return _known(rows[0]) if rows else None

    def known_ids(self) -> Mapping[str, str]:
        """Return the ids here of runs, by those at the server."""
        rows = self._rows("SELECT run_id, local_id FROM runs WHERE run_id IS NOT NULL")
        return dict(rows)

    def forget_run(self, local_id: str) -> None:
        """Remove a run and all that waits for it."""
        gone = self._operations("WHERE local_id = ?", local_id)
        with self.database.atomic() as connection:
            connection.execute("DELETE FROM operations WHERE local_id = ?", (local_id,))
            connection.execute("DELETE FROM runs WHERE local_id = ?", (local_id,))
        self._remove_files(gone)

    def refresh(self, local_id: str, snapshot: Run) -> None:
        """Take over how the server has a run for which nothing waits."""
        with self.database.atomic() as connection:
            connection.execute(
                "UPDATE runs SET snapshot = ? WHERE local_id = ? AND NOT EXISTS "
                "(SELECT 1 FROM operations WHERE operations.local_id = runs.local_id)",
                (snapshots.dump(snapshot), local_id),
            )

    def forget_old_runs(self) -> None:
        """Forget runs of which nothing was heard for long and nothing waits."""
        with self.database.atomic() as connection:
            connection.execute(
                "DELETE FROM runs WHERE pid IS NULL AND touched < ? AND NOT EXISTS "
                "(SELECT 1 FROM operations WHERE operations.local_id = runs.local_id)",
                (now_ms() - KEPT_AFTER_THE_END,),
            )

    # -- whose runs they are ----------------------------------------------------------------

    def own(self, local_id: str, *, is_own: bool) -> None:
        """Say whether the run goes on in this process, or in none."""
        with self.database.atomic() as connection:
            connection.execute(
                "UPDATE runs SET host = ?, boot_id = ?, pid = ?, started = ? WHERE local_id = ?",
                (*_owner(is_own), local_id),
            )

    def beat(self) -> None:
        """Give the runs of this process a sign of life."""
        me = this_process()
        with self.database.atomic() as connection:
            connection.execute(
                "UPDATE runs SET touched = ? WHERE host = ? AND boot_id = ? AND pid = ? "
                "AND started = ?",
                (now_ms(), me.host, me.boot_id, me.pid, me.started),
            )

    def has_own_runs(self) -> bool:
        """Return whether a run goes on in this process."""
        me = this_process()
        return bool(
            self._rows(
                "SELECT 1 FROM runs WHERE host = ? AND boot_id = ? AND pid = ? AND started = ? "
                "LIMIT 1",
                me.host, me.boot_id, me.pid, me.started,
            )
        )  # fmt: skip

    def has_files(self, local_id: str) -> bool:
        """Return whether files of a run wait."""
        return bool(
            self._rows(
                "SELECT 1 FROM operations WHERE local_id = ? AND kind = 'file' LIMIT 1", local_id
            )
        )

    def dead_runs(self) -> list[tuple[str, int]]:
        """Return the runs whose process is gone, with their last sign of life in ms."""
        rows = self._rows(
            "SELECT local_id, host, boot_id, pid, started, MAX(touched, COALESCE((SELECT MAX(time) "
            "FROM operations WHERE operations.local_id = runs.local_id), 0)) FROM runs "
            "WHERE pid IS NOT NULL"
        )
        return [
            (local_id, last)
            for local_id, *owner, last in rows
            if not is_alive(ProcessIdentity(*owner), last)
        ]

    # -- experiments ------------------------------------------------------------------------

    def keep_experiment(
        self, local_id: str, experiment_id: str | None, name: str, body: str
    ) -> None:
        """Remember an experiment: one of the server's, or one to be made there."""
        with self.database.atomic() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO experiments VALUES (?, ?, ?, ?)",
                (local_id, experiment_id, name, body),
            )

    def experiment(self, reference: str) -> tuple[str, str | None, str, str] | None:
        """Return the experiment of this id or name: id here, at the server, name, body."""
        rows = self._rows(
            "SELECT local_id, experiment_id, name, body FROM experiments "
            "WHERE local_id = ? OR experiment_id = ? OR name = ?",
            reference, reference, reference,
        )  # fmt: skip
        return rows[0] if rows else None

    def close(self) -> None:
        """Let go of the file; whoever goes on opens it anew."""
        self.database.close()

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self.database.reading() as connection:
            try:
                return connection.execute(statement, values).fetchall()
            except UnicodeEncodeError:
                raise InvalidValue("What was asked holds half a surrogate pair.") from None

    def _operations(self, where: str, *values: object) -> list[Operation]:
        rows = self._rows(f"SELECT {_OPERATION} FROM operations {where}", *values)
        return [Operation(*row) for row in rows]

    def _remove_files(self, operations: Iterable[Operation]) -> None:
        for operation in operations:
            if operation.kind == FILE:
                (self.files / str(operation.content["file"])).unlink(missing_ok=True)


def now_ms() -> int:
    """Return the time in ms since 1970."""
    return time.time_ns() // 1_000_000


def _known(row: tuple[Any, ...]) -> KnownRun:
    local_id, run_id, snapshot, attempted, touched = row
    return KnownRun(local_id, run_id, snapshots.load(snapshot), attempted, touched)


def _owner(is_own: bool) -> tuple[str | int | None, ...]:
    if not is_own:
        return (None, None, None, None)
    me = this_process()
    return (me.host, me.boot_id, me.pid, me.started)
