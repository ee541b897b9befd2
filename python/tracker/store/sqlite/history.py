"""The points of a metric, from packed columns and live journals alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.entities import MetricHistory
from tracker.errors import StoreError
from tracker.store.sqlite import runs
from tracker.store.sqlite.columns import Columns, PackedColumns, unpack
from tracker.store.sqlite.connection import Database
from tracker.store.sqlite.cursors import MARK, Cursors, Part
from tracker.store.sqlite.journal import Series, SeriesPoints
from tracker.store.sqlite.live_points import LivePoints
from tracker.store.sqlite.packing import journal_path
from tracker.store.sqlite.sampling import sample

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class _Piece:
    """Points of one series of one journal."""

    part: Part
    columns: Columns


@dataclass(frozen=True, slots=True)
class _Points:
    """All points of a metric. `settled`: only the last piece, or what follows it, can grow."""

    pieces: Sequence[_Piece]
    settled: bool

    @property
    def total(self) -> int:
        return sum(len(piece.columns.steps) for piece in self.pieces)


class Histories:
    """Reads metrics of one store."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.live = LivePoints()
        self._database = database
        self._folder = folder
        self._cursors = Cursors()

    def history(self, run_id: str, key: str, since: int) -> MetricHistory:
        """Return every point after `since`, in the order logged. Raises NotFound, StoreError."""
        run, points = self._read(run_id, key)
        seen = self._seen(run, key, points, since)
        starts = [0] * len(points.pieces) if seen is None else seen
        new = [
            _take(piece.columns, slice(start, None))
            for piece, start in zip(points.pieces, starts, strict=True)
        ]
        follows = 0 if seen is None else since
        return self._answer(run_id, run, key, points, _concatenate(new), follows)

    def sample(
        self, run_id: str, key: str, max_points: int, start_step: int | None, end_step: int | None
    ) -> MetricHistory:
        """Return at most `max_points` points in step order. Raises NotFound, InvalidValue."""
        run, points = self._read(run_id, key)
        columns = _between(_concatenate([it.columns for it in points.pieces]), start_step, end_step)
        chosen = sample(*columns, max_points)
        return self._answer(run_id, run, key, points, _take(columns, chosen), 0)

    def _answer(
        self, run_id: str, run: int, key: str, points: _Points, columns: Columns, since: int
    ) -> MetricHistory:
        cursor = points.total
        if not points.settled:
            counts = {piece.part: len(piece.columns.steps) for piece in points.pieces}
            cursor = self._cursors.remember(run, key, counts)
        return MetricHistory(run_id, key, *columns, points.total, cursor, since)

    def _seen(self, run: int, key: str, points: _Points, since: int) -> list[int] | None:
        """Return how much of each piece lies before the cursor, None where it is not known."""
        if since >= MARK:
            counts = self._cursors.recall(since, run, key)
            if counts is None:
                return None
            return [counts.get(piece.part, 0) for piece in points.pieces]
        if not 0 < since <= points.total:
            return None
        seen = []
        for piece in points.pieces:
            seen.append(min(since, len(piece.columns.steps)))
            since -= seen[-1]
        return seen

    def _read(self, run_id: str, key: str) -> tuple[int, _Points]:
        lost: set[str] = set()
        while True:
            with self._database.reading() as connection:
                run = runs.row_id(connection, run_id)
                journals = connection.execute(
                    "SELECT journal_id, packed_time IS NULL FROM journals WHERE run = ? "
                    "ORDER BY id",
                    (run,),
                ).fetchall()
                packed = _read_segments(connection, run, key)
            pieces: list[_Piece] = []
            for journal_id, is_open in journals:
                if not is_open:
                    self.live.forget(journal_id)
                    pieces += packed.get(journal_id, [])
                elif journal_id not in lost:
                    try:
                        pieces += self._read_journal(run_id, journal_id, key)
                    except FileNotFoundError:
                        # Packed since the query: ask again. Still open then, somebody removed it.
                        lost.add(journal_id)
                        break
                    except OSError as error:
                        raise StoreError(
                            f"Cannot read the points of run {run_id}: {error}."
                        ) from error
            else:
                return run, _Points(pieces, _is_settled(journals, pieces))

    def _read_journal(self, run_id: str, journal_id: str, key: str) -> list[_Piece]:
        path = journal_path(self._folder, run_id, journal_id)
        return [
            _Piece((journal_id, series), _from_journal(points))
            for series, points in self.live.read(path, journal_id, key).items()
        ]


def _is_settled(journals: Sequence[tuple[str, bool]], pieces: Sequence[_Piece]) -> bool:
    if not pieces:
        return True
    last = pieces[-1].part[0]
    for journal_id, is_open in journals:
        if journal_id == last:
            return not is_open or sum(piece.part[0] == last for piece in pieces) == 1
        if is_open:
            return False
    return True


def _read_segments(connection: sqlite3.Connection, run: int, key: str) -> dict[str, list[_Piece]]:
    """Return the packed points of a metric by journal, and there by series in order."""
    parts: dict[Part, list[Columns]] = {}
    for journal_id, name, digest, model_id, *packed in connection.execute(
        "SELECT journal_id, dataset_name, dataset_digest, model_id, count, steps, timestamps, "
        '"values" FROM metric_segments WHERE run = ? AND key = ? ORDER BY id',
        (run, key),
    ):
        part = (journal_id, Series(key, name, digest, model_id))
        parts.setdefault(part, []).append(unpack(PackedColumns(*packed)))
    by_journal: dict[str, list[_Piece]] = {}
    for part, columns in parts.items():
        by_journal.setdefault(part[0], []).append(_Piece(part, _concatenate(columns)))
    return by_journal


def _from_journal(points: SeriesPoints) -> Columns:
    import numpy as np

    return Columns(
        np.frombuffer(points.steps, np.int64),
        np.frombuffer(points.timestamps, np.int64),
        np.frombuffer(points.values, np.float64),
    )


def _concatenate(parts: Sequence[Columns]) -> Columns:
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    return Columns(
        np.concatenate([np.empty(0, np.int64), *(it.steps for it in parts)]),
        np.concatenate([np.empty(0, np.int64), *(it.timestamps for it in parts)]),
        np.concatenate([np.empty(0, np.float64), *(it.values for it in parts)]),
    )


def _between(columns: Columns, start: int | None, end: int | None) -> Columns:
    if start is None and end is None:
        return columns
    steps = columns.steps
    inside: npt.NDArray[np.bool_] = (steps >= (-(2**63) if start is None else start)) & (
        steps <= (2**63 - 1 if end is None else end)
    )
    return _take(columns, inside)


def _take(columns: Columns, which: slice | npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Columns:
    return Columns(columns.steps[which], columns.timestamps[which], columns.values[which])
