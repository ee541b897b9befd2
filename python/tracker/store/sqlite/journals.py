"""The journals that this process writes: one for each run it logs points to."""

from __future__ import annotations

import threading
from pathlib import Path

from tracker.errors import StoreError
from tracker.store.sqlite import runs
from tracker.store.sqlite.connection import Database
from tracker.store.sqlite.journal_writer import JournalWriter, create_journal


class OpenJournals:
    """Writers by run id. A forked child finds those of its parent closed and opens its own."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.folder = folder
        self.writers: dict[str, JournalWriter] = {}
        self._database = database
        self._opening = threading.Lock()

    def open(self, run_id: str) -> JournalWriter:
        """Return the writer of a run, a new journal where there is none open.

        Raises NotFound, InvalidState (deleted run), StoreError.
        """
        with self._opening:
            writer = self.writers.get(run_id)
            if writer is None or writer.closed:
                writer = self.writers[run_id] = self._create(run_id)
            return writer

    def take(self, run_id: str) -> JournalWriter | None:
        """Close the writer of a run and return it, for it to be packed; None if there is none."""
        with self._opening:
            writer = self.writers.pop(run_id, None)
            if writer is None or writer.closed:
                return None
            writer.close()
            return writer

    def _create(self, run_id: str) -> JournalWriter:
        with self._database.reading() as connection:
            runs.active_row_id(connection, run_id)
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            writer = create_journal(self.folder, run_id)
        except OSError as error:
            raise StoreError(f"Cannot keep the points of run {run_id}: {error}.") from error
        try:
            with self._database.atomic() as connection:
                run = runs.active_row_id(connection, run_id)
                connection.execute(
                    "INSERT INTO journals(journal_id, run) VALUES (?, ?)", (writer.journal_id, run)
                )
        except BaseException:
            writer.close()
            writer.path.unlink(missing_ok=True)
            raise
        return writer
