"""A journal nobody writes any more -> compressed columns in the database.

The file is removed only after its columns are committed. A crash before that leaves the journal, a
crash after it leaves a file that `journals.packed_time` says is done with.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

from tracker.entities import MetricSummary
from tracker.errors import StoreError
from tracker.store.sqlite import summaries
from tracker.store.sqlite.columns import pack_segments
from tracker.store.sqlite.connection import Database
from tracker.store.sqlite.journal import JournalPage, SeriesPoints, fold, fold_page, read_journal
from tracker.store.sqlite.journal_writer import SUFFIX

_log = logging.getLogger("tracker")
_NAME = re.compile(r"[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+")


def journal_path(folder: Path, run_id: str, journal_id: str) -> Path:
    """Return where a journal of a run lies. Raises StoreError.

    Both ids come from a database that somebody else may have made: they must not lead out of the
    folder, for what is packed is removed.
    """
    name = f"{run_id}.{journal_id}"
    if not _NAME.fullmatch(name):
        raise StoreError(f"The store names a journal {name!r}, which cannot be one of its files.")
    return folder / f"{name}{SUFFIX}"


@dataclass(frozen=True, slots=True)
class PackedJournal:
    """What is written for one journal: rows of `metric_segments`, and summaries to be merged.

    The summaries cover the points after the byte `folded`, which the database had counted.
    """

    path: Path
    journal_id: str
    folded: int
    segments: list[tuple[Any, ...]]
    summaries: Mapping[str, MetricSummary]


def pack(path: Path, journal_id: str, folded: int) -> PackedJournal:
    """Return a closed journal packed; nothing is written. Raises StoreError."""
    try:
        page = read_journal(path)
    except FileNotFoundError:
        _log.warning("The journal %s was removed: the points in it are lost.", path)
        return PackedJournal(path, journal_id, folded, [], {})
    except OSError as error:
        raise StoreError(f"Cannot read the journal {path}: {error.strerror}.") from error
    if page.header.journal_id != journal_id:
        raise StoreError(f"{path} holds another journal than its name says; it was left alone.")
    rest = page if folded == 0 else read_journal(path, folded)
    return PackedJournal(path, journal_id, folded, list(_segments(page)), fold_page({}, rest))


def write(connection: sqlite3.Connection, run: int, packed: PackedJournal) -> bool:
    """Write a packed journal; return False where somebody else has done it already."""
    row = connection.execute(
        "SELECT folded FROM journals WHERE journal_id = ? AND packed_time IS NULL",
        (packed.journal_id,),
    ).fetchone()
    if row is None:
        return False
    if row[0] != packed.folded:  # its process folded more between our reading and now
        packed = pack(packed.path, packed.journal_id, row[0])
    summaries.merge_into(connection, run, packed.summaries)
    connection.executemany(
        "INSERT INTO metric_segments(run, journal_id, key, dataset_name, dataset_digest, model_id, "
        'count, first_step, last_step, min, max, steps, timestamps, "values") '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(run, packed.journal_id, *segment) for segment in packed.segments],
    )
    connection.execute(
        "UPDATE journals SET packed_time = ? WHERE journal_id = ?",
        (time.time_ns() // 1_000_000, packed.journal_id),
    )
    return True


def pack_and_remove(database: Database, path: Path, journal_id: str) -> None:
    """Pack a journal that nobody writes any more in a transaction of its own, remove its file.

    Raises StoreError.
    """
    with database.reading() as connection:
        row = connection.execute(
            "SELECT run, folded FROM journals WHERE journal_id = ? AND packed_time IS NULL",
            (journal_id,),
        ).fetchone()
    if row is not None:
        run, folded = row
        packed = pack(path, journal_id, folded)
        with database.atomic() as connection:
            write(connection, run, packed)
    remove(path)


def remove(path: Path) -> None:
    """Remove a journal that is packed; where that fails, whoever opens the store next does it."""
    with suppress(OSError):
        path.unlink()


def _segments(page: JournalPage) -> Iterator[tuple[Any, ...]]:
    for series, points in page.points.items():
        for part, columns in pack_segments(points.steps, points.timestamps, points.values):
            these = SeriesPoints(points.steps[part], points.timestamps[part], points.values[part])
            summary = fold(None, series.key, these)
            yield (
                *series,
                columns.count,
                these.steps[0],
                these.steps[-1],
                None if isnan(summary.min) else summary.min,
                None if isnan(summary.max) else summary.max,
                columns.steps,
                columns.timestamps,
                columns.values,
            )
