"""What is known of metrics without reading their points, counted once for each run.

MLflow keeps the last value of a metric, not how many there are, the least and the greatest. Those
are counted when a run is first shown, and again when points were added: they have higher row ids.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from tracker.entities import MetricSummary
from tracker.store.mlflow_db.schema import Schema
from tracker.store.mlflow_db.values import batches, metric_value, text, whole


class Summaries:
    """The summaries of one database, kept in memory by run."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, MetricSummary]] = {}
        self._seen = 0
        self._guard = threading.Lock()

    def of_runs(
        self, connection: sqlite3.Connection, schema: Schema, run_ids: Sequence[str]
    ) -> Mapping[str, Mapping[str, MetricSummary]]:
        """Return the summaries of each run by metric key."""
        with self._guard:
            self._forget_changed(connection)
            unknown = [run_id for run_id in run_ids if run_id not in self._known]
            self._known.update(_count(connection, schema, unknown))
            return {run_id: self._known[run_id] for run_id in run_ids}

    def _forget_changed(self, connection: sqlite3.Connection) -> None:
        (last,) = connection.execute("SELECT coalesce(max(rowid), 0) FROM metrics").fetchone()
        if last < self._seen:  # rows were removed, and their ids may be given out again
            self._known.clear()
        elif last > self._seen and self._known:
            changed = connection.execute(
                "SELECT DISTINCT run_uuid FROM metrics WHERE rowid > ?", (self._seen,)
            )
            for (run_id,) in changed:
                self._known.pop(text(run_id), None)
        self._seen = last


def _count(
    connection: sqlite3.Connection, schema: Schema, run_ids: Sequence[str]
) -> dict[str, dict[str, MetricSummary]]:
    found: dict[str, dict[str, MetricSummary]] = {run_id: {} for run_id in run_ids}
    number = f"CASE WHEN {schema.is_nan} THEN NULL ELSE value END"
    for marks, part in batches(run_ids):
        counted = connection.execute(
            f"SELECT run_uuid, key, count(*), min({number}), max({number}) FROM metrics "
            f"WHERE run_uuid IN ({marks}) GROUP BY run_uuid, key",
            part,
        ).fetchall()
        latest = _latest(connection, schema, marks, part)
        if any((run_id, key) not in latest for run_id, key, *_ in counted):
            latest = _latest_of_points(connection, schema, marks, part)
        for run_id, key, count, least, most in counted:
            last, step, timestamp = latest[run_id, key]
            low, high = (metric_value(value, is_nan=False) for value in (least, most))
            found[run_id][text(key)] = MetricSummary(
                text(key), last, low, high, count, step, timestamp
            )
    return found


_Latest: TypeAlias = dict[tuple[str, str], tuple[float, int, int]]
"""Value, step and timestamp of the last point by run and key."""


def _latest(
    connection: sqlite3.Connection, schema: Schema, marks: str, run_ids: Sequence[str]
) -> _Latest:
    """Return what MLflow keeps of the last points, where its schema does."""
    if not schema.has("latest_metrics"):
        return {}
    return _by_key(
        connection.execute(
            "SELECT run_uuid, key, value, is_nan, step, timestamp FROM latest_metrics "
            f"WHERE run_uuid IN ({marks})",
            run_ids,
        )
    )


def _latest_of_points(
    connection: sqlite3.Connection, schema: Schema, marks: str, run_ids: Sequence[str]
) -> _Latest:
    """Return the points of greatest (step, timestamp, value)."""
    order = f"ORDER BY {schema.step} DESC, timestamp DESC, value DESC"
    return _by_key(
        connection.execute(
            f"SELECT run_uuid, key, value, is_nan, step, timestamp FROM (SELECT run_uuid, key, "
            f"value, {schema.is_nan} AS is_nan, {schema.step} AS step, timestamp, row_number() "
            f"OVER (PARTITION BY run_uuid, key {order}) AS place FROM metrics "
            f"WHERE run_uuid IN ({marks})) WHERE place = 1",
            run_ids,
        )
    )


def _by_key(rows: sqlite3.Cursor) -> _Latest:
    return {
        (run_id, key): (metric_value(value, is_nan), whole(step) or 0, whole(timestamp) or 0)
        for run_id, key, value, is_nan, step, timestamp in rows
    }
