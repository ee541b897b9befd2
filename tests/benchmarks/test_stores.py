"""The stores that are searched hold what as many logged runs would have left."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from tests.benchmarks.peers import METRIC, OURS
from tests.benchmarks.points import fill as fill_points
from tests.benchmarks.points import values
from tests.benchmarks.processes import in_new_process
from tests.benchmarks.runs import fill, generated_runs, log_run
from tests.benchmarks.stored import look
from tracker.store import open_store

COUNT = 30
OWN = {
    "id", "run_id", "run_name", "artifact_uri", "start_time", "end_time", "pid", "process_started",
    "heartbeat_time", "revision", "journal_id", "packed_time", "run", "last_timestamp",
    "timestamps", "first_step",
}  # fmt: skip
"""Columns in which two runs differ that log the same."""


def _rows(folder: Path, table: str, run: int) -> list[dict[str, Any]]:
    column = "id" if table == "runs" else "run"
    with closing(sqlite3.connect(folder / "store" / "tracker.db")) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute(f"SELECT * FROM {table} WHERE {column} = ?", (run,))
        rows = [{k: v for k, v in dict(row).items() if k not in OWN} for row in found]
    return [row for row in rows if row.get("key") != "mlflow.runName"]


def test_copied_runs_hold_the_generated_values(tmp_path: Path) -> None:
    in_new_process(tmp_path / "copies", fill, OURS, COUNT)
    store = open_store(tmp_path / "copies" / "store")
    runs = store.search_runs(None, order_by=["start_time ASC"])
    expected = list(islice(generated_runs(), COUNT))
    assert [run.data.params for run in runs] == [it.params for it in expected]
    assert [run.data.metrics for run in runs] == [it.metrics for it in expected]
    points = [store.metric_history(run.info.run_id, "m3").values.tolist() for run in runs]
    assert points == [[it.metrics["m3"]] for it in expected]


def test_copied_runs_have_the_rows_of_logged_ones(tmp_path: Path) -> None:
    number = 7
    in_new_process(tmp_path / "copies", fill, OURS, COUNT)
    in_new_process(tmp_path / "logged", log_run, OURS, str(tmp_path / "logged"), number)
    for table in ("runs", "params", "tags", "metrics", "journals", "metric_segments"):
        copied = _rows(tmp_path / "copies", table, number + 1)
        assert copied == _rows(tmp_path / "logged", table, 1), table
        assert copied


def test_filled_points_are_all_there_and_the_run_has_ended(tmp_path: Path) -> None:
    in_new_process(tmp_path / "points", fill_points, OURS, 3_000)
    count, status = in_new_process(tmp_path / "points", look, OURS)
    assert (count, status) == (3_000, "FINISHED")
    store = open_store(tmp_path / "points" / "store")
    (run,) = store.search_runs(None)
    found = store.metric_history(run.info.run_id, METRIC)
    assert found.values.tolist() == list(islice(values(), 3_000))
