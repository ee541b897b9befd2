"""Runs of other stores put into the database as they are; see `tracker.store.adopting`.

Points are packed one metric after another into a temporary table, which SQLite spills to a file of
its own where it grows large: nobody else waits meanwhile, and memory holds one metric. Then all of
the run becomes visible in one transaction.
"""

from __future__ import annotations

import os
import sqlite3
import time
from array import array
from collections.abc import Iterable
from contextlib import suppress
from math import isnan

from tracker.entities import Experiment, LifecycleStage, MetricHistory, MetricSummary, Run
from tracker.errors import AlreadyExists, InvalidState, InvalidValue
from tracker.store.adopting import check_history, check_run, check_time
from tracker.store.sqlite import experiments, facts, revision, runs, summaries
from tracker.store.sqlite.columns import pack_segments
from tracker.store.sqlite.connection import Database
from tracker.store.sqlite.journal import SeriesPoints, fold
from tracker.store.sqlite.locations import Locations
from tracker.store.sqlite.process import this_process

LARGEST_KEPT_ID = 1_000_000_000
"""Experiments' ids from here on are not kept: all later ones would have as many digits."""

_STAGING = """
CREATE TEMP TABLE IF NOT EXISTS adopted_segments(
    id INTEGER PRIMARY KEY, key, count, first_step, last_step, min, max, steps, timestamps, "values"
)
"""
_COLUMNS = 'key, count, first_step, last_step, min, max, steps, timestamps, "values"'


class SqliteAdopter:
    """A `tracker.store.adopting.Adopter` of one database."""

    def __init__(self, database: Database, locations: Locations) -> None:
        self._database = database
        self._locations = locations

    def adopt_experiment(self, experiment: Experiment) -> str:
        """Return the id of a new experiment like this one. Raises AlreadyExists, InvalidValue."""
        for what in ("creation_time", "last_update_time"):
            check_time(what, getattr(experiment, what))
        with self._database.atomic() as connection:
            found = experiments.insert(
                connection, self._locations, experiment.name, None, experiment.tags
            )
            _keep_what_it_was(connection, int(found), experiment)
            return _renumbered(connection, int(found), experiment.experiment_id)

    def adopt_run(
        self, run: Run, histories: Iterable[MetricHistory] = (), *, replace: bool = False
    ) -> None:
        """Put a run in place, whole or not at all, with the points of all its metrics."""
        check_run(run)
        if not replace:
            with self._database.reading() as connection:
                _refuse_taken_id(connection, run.info.run_id)
        try:
            found = self._stage(histories)
            with self._database.atomic() as connection:
                self._write(connection, run, found, replace=replace)
        finally:
            with suppress(sqlite3.Error):
                self._database.connection().execute("DROP TABLE IF EXISTS temp.adopted_segments")

    def _stage(self, histories: Iterable[MetricHistory]) -> dict[str, MetricSummary]:
        """Pack points into the temporary table and return the summaries of the metrics."""
        found: dict[str, MetricSummary] = {}
        for history in histories:
            check_history(history)
            if history.key in found:
                raise InvalidValue(f"The metric '{history.key}' is given twice.")
            if len(history.steps):
                found[history.key] = self._stage_one(history)
        return found

    def _stage_one(self, history: MetricHistory) -> MetricSummary:
        points = _as_points(history)
        connection = self._database.connection()
        connection.execute(_STAGING)
        for part, packed in pack_segments(points.steps, points.timestamps, points.values):
            these = SeriesPoints(points.steps[part], points.timestamps[part], points.values[part])
            summary = fold(None, history.key, these)
            connection.execute(
                f"INSERT INTO adopted_segments({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    history.key,
                    packed.count,
                    these.steps[0],
                    these.steps[-1],
                    None if isnan(summary.min) else summary.min,
                    None if isnan(summary.max) else summary.max,
                    packed.steps,
                    packed.timestamps,
                    packed.values,
                ),
            )
        return fold(None, history.key, points)

    def _write(
        self,
        connection: sqlite3.Connection,
        run: Run,
        found: dict[str, MetricSummary],
        *,
        replace: bool,
    ) -> None:
        experiment = experiments.row_id(connection, run.info.experiment_id)
        if replace:
            _refuse_while_logged_to(connection, run.info.run_id)
            runs.delete(connection, [run.info.run_id])
            connection.execute("DELETE FROM removals WHERE run_id = ?", (run.info.run_id,))
        else:
            _refuse_taken_id(connection, run.info.run_id)
        row = _insert(connection, self._locations, experiment, run)
        facts.write_params(connection, run.info.run_id, row, run.data.params)
        facts.write_tags(connection, row, run.data.tags)
        facts.write_inputs(connection, row, run.inputs.dataset_inputs)
        summaries.merge_into(connection, row, found)
        if found:
            _take_segments(connection, row)


def _as_points(history: MetricHistory) -> SeriesPoints:
    import numpy as np

    return SeriesPoints(
        array("q", np.ascontiguousarray(history.steps, np.int64).tobytes()),
        array("q", np.ascontiguousarray(history.timestamps, np.int64).tobytes()),
        array("d", np.ascontiguousarray(history.values, np.float64).tobytes()),
    )


def _keep_what_it_was(connection: sqlite3.Connection, row: int, experiment: Experiment) -> None:
    connection.execute(
        "UPDATE experiments SET lifecycle_stage = ?, creation_time = coalesce(?, creation_time), "
        "last_update_time = coalesce(?, last_update_time) WHERE id = ?",
        (
            str(LifecycleStage(experiment.lifecycle_stage)),
            experiment.creation_time,
            experiment.last_update_time,
            row,
        ),
    )


def _renumbered(connection: sqlite3.Connection, row: int, wanted: str) -> str:
    """Give an experiment the id that it had elsewhere, where nobody ever had it here."""
    if not (wanted.isascii() and wanted.isdecimal() and str(int(wanted)) == wanted):
        return str(row)
    # A number below the new row's own may have been that of an experiment which is gone.
    if not row < int(wanted) < LARGEST_KEPT_ID:
        return str(row)
    connection.execute("UPDATE experiments SET id = ? WHERE id = ?", (int(wanted), row))
    connection.execute("UPDATE experiment_tags SET experiment = ? WHERE experiment = ?", (
        int(wanted), row,
    ))  # fmt: skip
    connection.execute(
        "UPDATE sqlite_sequence SET seq = ? WHERE name = 'experiments'", (int(wanted),)
    )
    return wanted


def _refuse_taken_id(connection: sqlite3.Connection, run_id: str) -> None:
    if connection.execute("SELECT 1 FROM runs WHERE run_id = ?", (run_id,)).fetchone():
        raise AlreadyExists(f"A run with id={run_id} is in this store already.")


def _refuse_while_logged_to(connection: sqlite3.Connection, run_id: str) -> None:
    found = connection.execute(
        "SELECT 1 FROM journals JOIN runs ON runs.id = journals.run "
        "WHERE run_id = ? AND packed_time IS NULL",
        (run_id,),
    ).fetchone()
    if found:
        raise InvalidState(
            f"The run {run_id} is being logged to, and cannot be replaced before it has ended."
        )


def _insert(connection: sqlite3.Connection, locations: Locations, experiment: int, run: Run) -> int:
    info = run.info
    is_deleted = info.lifecycle_stage == LifecycleStage.DELETED
    cursor = connection.execute(
        "INSERT INTO runs(run_id, experiment, run_name, user_id, status, start_time, end_time, "
        "lifecycle_stage, deleted_time, artifact_uri, revision) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            info.run_id,
            experiment,
            info.run_name,
            info.user_id,
            str(info.status),
            info.start_time,
            info.end_time,
            str(info.lifecycle_stage),
            _now() if is_deleted else None,
            locations.to_stored(info.artifact_uri),
            revision.bump(connection),
        ),
    )
    return cursor.lastrowid or 0


def _take_segments(connection: sqlite3.Connection, run: int) -> None:
    """Move the points out of the temporary table, as those of a journal that is packed."""
    journal_id, process = os.urandom(8).hex(), this_process()
    connection.execute(
        "INSERT INTO journals(journal_id, run, host, boot_id, pid, process_started, "
        "heartbeat_time, packed_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            journal_id,
            run,
            process.host,
            process.boot_id,
            process.pid,
            process.started,
            _now(),
            _now(),
        ),
    )
    connection.execute(
        f"INSERT INTO metric_segments(run, journal_id, {_COLUMNS}) "
        f"SELECT ?, ?, {_COLUMNS} FROM temp.adopted_segments ORDER BY id",
        (run, journal_id),
    )


def _now() -> int:
    return time.time_ns() // 1_000_000
