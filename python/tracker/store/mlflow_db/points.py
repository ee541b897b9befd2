"""The points of a metric in MLflow's database, in the order logged: that of the row ids."""

from __future__ import annotations

import sqlite3

from tracker.store.mlflow_db.schema import Schema
from tracker.store.mlflow_db.values import metric_value, whole
from tracker.store.points import Points


def read_points(connection: sqlite3.Connection, schema: Schema, run_id: str, key: str) -> Points:
    """Return all points of the metric."""
    import numpy as np

    rows = connection.execute(
        f"SELECT {schema.step}, timestamp, value, {schema.is_nan} FROM metrics "
        "WHERE run_uuid = ? AND key = ? ORDER BY rowid",
        (run_id, key),
    ).fetchall()
    steps, timestamps, values, nans = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Points(
        np.fromiter((whole(step) or 0 for step in steps), np.int64, len(rows)),
        np.fromiter((whole(timestamp) or 0 for timestamp in timestamps), np.int64, len(rows)),
        np.fromiter(map(metric_value, values, nans), np.float64, len(rows)),
    )
