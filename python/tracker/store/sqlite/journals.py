"""The journals that this process writes: one for each run it logs points to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.entities import LifecycleStage, RunStatus
from tracker.errors import StoreError
from tracker.store.sqlite import packing, runs, summaries
from tracker.store.sqlite.connection import Database
from tracker.store.sqlite.journal import (
    JournalPage,
    JournalWriter,
    Series,
    create_journal,
    fold_page,
    read_journal,
)
from tracker.store.sqlite.recovery import enter_journal


@dataclass(slots=True)
class LiveJournal:
    """A journal of this process, and how far the database has counted its points."""

    writer: JournalWriter
    run_id: str
    run: int
    folded: int = 0
    definitions: Mapping[int, Series] | None = None
    end_when_tidied: int = 0

    def has_news(self) -> bool:
        """Whether points were logged that the database has not counted."""
        return self.writer.end > (self.folded or self.writer.header.size)


class LiveJournals:
    """Journals by run id. Any thread may use it; a forked child starts with none."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.folder = folder
        self.writers: dict[str, JournalWriter] = {}
        self._database = database
        self._live: dict[str, LiveJournal] = {}

    def open(self, run_id: str) -> JournalWriter:
        """Return the writer for a run, of a new journal where there is none open.

        Raises NotFound, InvalidState (deleted run), StoreError.
        """
        with self._database.turn:
            live = self._live.get(run_id)
            if live is None or live.writer.closed:
                live = self._live[run_id] = self._create(run_id)
                self.writers[run_id] = live.writer
            return live.writer

    def close(self, run_id: str) -> packing.PackedJournal | None:
        """Close the journal of a run, if any, and return it packed but not yet written.

        The next point logged to the run opens another one. Raises StoreError.
        """
        with self._database.turn:
            live = self._live.pop(run_id, None)
            self.writers.pop(run_id, None)
            if live is None:
                return None
            live.writer.close()
        return packing.pack(live.writer.path, live.writer.journal_id, live.folded)

    def close_all(self) -> None:
        """Close and pack every journal. What cannot be packed now is packed by who looks next."""
        for run_id in list(self._live):
            if not self._database.is_there():
                self.discard(run_id)
                continue
            with suppress(StoreError, OSError):
                self._set_aside(run_id)

    def discard(self, run_id: str) -> None:
        """Close the journal of a run that is gone; what it holds goes with it."""
        with self._database.turn:
            live = self._live.pop(run_id, None)
            self.writers.pop(run_id, None)
            if live is not None:
                live.writer.close()
                live.writer.path.unlink(missing_ok=True)

    def fold(self, run_ids: Iterable[str] | None = None) -> None:
        """Carry new points of these runs (None: of all) into their summaries. Raises StoreError."""
        if not self._live:
            return
        with self._database.turn:
            wanted = self._live if run_ids is None else run_ids
            news = [live for id_ in wanted if (live := self._live.get(id_)) and live.has_news()]
            if news:
                self._fold(news)

    def failure(self, run_id: str, error: OSError) -> StoreError:
        """Return our error for one of the system's that kept a point from being stored."""
        return StoreError(
            f"Cannot keep the points of run {run_id} in {self.folder}: "
            f"{error.strerror or error}. Check the disk's free space and the folder's permissions; "
            "what was logged before is safe."
        )

    def tidy(self) -> None:
        """Pack what lies idle: journals of ended runs with no point since this was last called."""
        with self._database.turn:
            with self._database.reading() as connection:
                ended = [it for it in self._live.values() if not _is_running(connection, it)]
            for live in ended:
                if live.end_when_tidied == live.writer.end:
                    self._set_aside(live.run_id)
                else:
                    live.end_when_tidied = live.writer.end

    def drop_inactive(self) -> None:
        """Close the journals of runs that were deleted: the next point is told so."""
        with self._database.turn:
            with self._database.reading() as connection:
                gone = [it.run_id for it in self._live.values() if not _is_active(connection, it)]
            for run_id in gone:
                self._set_aside(run_id)

    def _fold(self, news: list[LiveJournal]) -> None:
        pages: list[tuple[LiveJournal, JournalPage]] = []
        over: list[LiveJournal] = []
        for live in news:
            try:
                page = read_journal(live.writer.path, live.folded, live.definitions)
                pages.append((live, page))
            except FileNotFoundError:  # removed with its run, or by somebody tidying up
                over.append(live)
        with self._database.atomic() as connection:
            over += [live for live, _ in pages if not _is_active(connection, live)]
            pages = [(live, page) for live, page in pages if live not in over]
            progress = [(live, *_count(connection, live, page)) for live, page in pages]
        for live, folded, definitions in progress:
            live.folded, live.definitions = folded, definitions
        for live in over:
            # The next point logged to the run opens a journal anew, or is told that it cannot.
            self._set_aside(live.run_id)

    def _set_aside(self, run_id: str) -> None:
        with self._database.turn:
            live = self._live.pop(run_id)
            self.writers.pop(run_id, None)
            live.writer.close()
        packing.pack_and_remove(self._database, live.writer.path, live.writer.journal_id)

    def _create(self, run_id: str) -> LiveJournal:
        with self._database.reading() as connection:
            run = runs.active_row_id(connection, run_id)
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            writer = create_journal(self.folder, run_id)
        except OSError as error:
            raise self.failure(run_id, error) from error
        try:
            with self._database.atomic() as connection:
                runs.active_row_id(connection, run_id)
                enter_journal(connection, run, writer.journal_id, writer.header.process)
        except BaseException:
            writer.close()
            writer.path.unlink(missing_ok=True)
            raise
        return LiveJournal(writer, run_id, run)

    def after_fork_in_child(self) -> None:
        """Forget the parent's journals; their writers refuse further points here."""
        self.writers.clear()
        self._live.clear()


def _count(
    connection: sqlite3.Connection, live: LiveJournal, page: JournalPage
) -> tuple[int, Mapping[int, Series] | None]:
    """Count a page's points in the summaries; return how far they go now, and the series known."""
    (folded,) = connection.execute(
        "SELECT coalesce((SELECT folded FROM journals WHERE journal_id = ?), ?)",
        (live.writer.journal_id, live.folded),
    ).fetchone()
    if folded != live.folded:
        # An interrupt struck between an earlier commit and our taking note: read on from there.
        return folded, None
    summaries.merge_into(connection, live.run, fold_page({}, page))
    connection.execute(
        "UPDATE journals SET folded = ? WHERE journal_id = ?",
        (page.next_offset, live.writer.journal_id),
    )
    runs.touch(connection, live.run)
    return page.next_offset, page.definitions


def _is_active(connection: sqlite3.Connection, live: LiveJournal) -> bool:
    row = connection.execute(
        "SELECT lifecycle_stage FROM runs WHERE id = ?", (live.run,)
    ).fetchone()
    return row is not None and row[0] == LifecycleStage.ACTIVE


def _is_running(connection: sqlite3.Connection, live: LiveJournal) -> bool:
    row = connection.execute("SELECT status FROM runs WHERE id = ?", (live.run,)).fetchone()
    return row is not None and row[0] == RunStatus.RUNNING
