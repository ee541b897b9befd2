"""What was read of an mlruns folder, kept in the user's cache, so that it is read only once.

It is only ever a shortcut: lost, damaged or not to be had, everything is read from the folder. Also
here, for nothing of it may lie among MLflow's files: which process each run of ours belongs to.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tracker.store.mlruns.entry_text import decode, encode
from tracker.store.mlruns.reading import Entry
from tracker.store.sqlite.process import ProcessIdentity

VERSION = 2
"""Of what is kept: another one is read anew."""

_T = TypeVar("_T")

_log = logging.getLogger("tracker")
_TABLES = """
CREATE TABLE IF NOT EXISTS entries(path TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS owners(
    run_id TEXT PRIMARY KEY, host TEXT, boot_id TEXT, pid INTEGER, started INTEGER
) WITHOUT ROWID;
"""


def cache_folder() -> Path:
    """Return where programs keep for this user what they can make anew."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return Path(base) / "jupyterlab-tracker" if base else Path.home() / ".jupyterlab-tracker"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "jupyterlab-tracker"
    base = os.environ.get("XDG_CACHE_HOME")
    home = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    return home / "jupyterlab-tracker"


class Index:
    """The index of one mlruns folder. No method raises: without an index all works, slower."""

    def __init__(self, root: str) -> None:
        name = hashlib.sha256(os.fsencode(root)).hexdigest()[:32]
        self._path = cache_folder() / "mlruns" / f"{name}-{VERSION}.db"
        self._is_broken = False

    def load(self) -> dict[str, Entry]:
        """Return the entries by path of the run's folder."""

        def read(connection: sqlite3.Connection) -> dict[str, Entry]:
            rows = connection.execute("SELECT path, content FROM entries")
            return {path: decode(path, content) for path, content in rows}

        with _without_collecting():
            return self._try(read, {}, create=False)

    def save(self, entries: Mapping[str, Entry], gone: Iterable[str]) -> None:
        """Keep these entries and forget those of the paths that are gone."""

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT OR REPLACE INTO entries VALUES (?, ?)",
                [(path, encode(entry)) for path, entry in entries.items()],
            )
            connection.executemany("DELETE FROM entries WHERE path = ?", [(path,) for path in gone])

        self._try(write, None)

    def own(self, run_id: str, owner: ProcessIdentity) -> None:
        """Remember that a running run belongs to this process."""
        row = (run_id, owner.host, owner.boot_id, owner.pid, owner.started)

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO owners VALUES (?, ?, ?, ?, ?)", row)

        self._try(write, None)

    def disown(self, run_id: str) -> None:
        """Forget whose the run was: it ended."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM owners WHERE run_id = ?", (run_id,))

        self._try(write, None, create=False)

    def owners(self) -> dict[str, ProcessIdentity]:
        """Return whose the running runs are, as far as tracker started them."""

        def read(connection: sqlite3.Connection) -> dict[str, ProcessIdentity]:
            rows = connection.execute("SELECT run_id, host, boot_id, pid, started FROM owners")
            return {run_id: ProcessIdentity(*owner) for run_id, *owner in rows}

        return self._try(read, {}, create=False)

    def _try(
        self, work: Callable[[sqlite3.Connection], _T], otherwise: _T, *, create: bool = True
    ) -> _T:
        """Return what `work` returns in a transaction of its own, or `otherwise`."""
        if self._is_broken or not (create or self._path.exists()):
            return otherwise
        try:
            connection = self._connect()
            try:
                connection.execute("BEGIN IMMEDIATE")
                found = work(connection)
                connection.execute("COMMIT")
                return found
            finally:
                connection.close()
        except (sqlite3.Error, OSError, ValueError, TypeError, KeyError) as error:
            self._is_broken = True
            _log.info("The index %s is left out: %s. Listing runs takes longer.", self._path, error)
            if not isinstance(error, sqlite3.OperationalError | OSError):
                self._path.unlink(missing_ok=True)  # it is damaged; the next one to look makes it
            return otherwise

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=5.0, isolation_level=None)
        # What is lost with the machine is read again from the folder.
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_TABLES)
        return connection


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep Python from looking for garbage among 100,000 new objects: a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
