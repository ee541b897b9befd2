"""Metric summaries in the database: new points are merged into what is known already."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from math import isnan

from tracker.entities import MetricSummary

# NULL stands for NaN. As in MLflow the last value is that of the greatest (step, timestamp, value),
# where NaN counts as 0; of equals the first stays. min(a, b) of SQLite is NULL where one is.
_MERGE = """
INSERT INTO metrics(run, key, last, min, max, count, last_step, last_timestamp)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(run, key) DO UPDATE SET
    (last, last_step, last_timestamp) = (
        SELECT excluded.last, excluded.last_step, excluded.last_timestamp
        WHERE (excluded.last_step, excluded.last_timestamp, coalesce(excluded.last, 0.0))
            > (metrics.last_step, metrics.last_timestamp, coalesce(metrics.last, 0.0))
        UNION ALL SELECT metrics.last, metrics.last_step, metrics.last_timestamp LIMIT 1),
    min = min(coalesce(min, excluded.min), coalesce(excluded.min, min)),
    max = max(coalesce(max, excluded.max), coalesce(excluded.max, max)),
    count = count + excluded.count
"""


def merge_into(
    connection: sqlite3.Connection, run: int, summaries: Mapping[str, MetricSummary]
) -> None:
    """Add to a run's metrics the summaries of points that were not counted yet."""
    connection.executemany(
        _MERGE,
        [
            (
                run,
                key,
                _or_null(summary.last),
                _or_null(summary.min),
                _or_null(summary.max),
                summary.count,
                summary.last_step,
                summary.last_timestamp,
            )
            for key, summary in summaries.items()
        ],
    )


def _or_null(value: float) -> float | None:
    return None if isnan(value) else value
