"""Databases that a stranger made: nothing in them is taken on trust."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path

import pytest

from tracker.entities import ViewType
from tracker.errors import NotFound, StoreError
from tracker.store import open_store
from tracker.store.mlflow_db.connection import is_mlflow_database
from tracker.store.mlflow_db.store import MlflowDatabase

TABLES = {
    "experiments": "experiment_id, name, artifact_location, lifecycle_stage",
    "runs": "run_uuid, experiment_id, name, user_id, status, start_time, end_time, artifact_uri, "
    "lifecycle_stage",
    "metrics": "run_uuid, key, value, timestamp, step, is_nan",
    "params": "run_uuid, key, value",
    "tags": "run_uuid, key, value",
}
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS {} FROM n"


def make(path: Path, *statements: str, without: str = "") -> Path:
    connection = sqlite3.connect(path)
    for table, columns in TABLES.items():
        if table != without:
            connection.execute(f"CREATE TABLE {table}({columns})")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize("table", ["runs", "metrics", "experiments"])
def test_a_view_in_the_place_of_a_table_is_never_asked(tmp_path: Path, table: str) -> None:
    column = "experiment_id" if table == "experiments" else "run_uuid"
    view = f"CREATE VIEW {table} AS {ENDLESS.format(column)}"
    path = make(tmp_path / "mlflow.db", view, without=table)
    assert not is_mlflow_database(path)
    with pytest.raises(StoreError, match="another program"):
        open_store(f"sqlite:///{path}")


def test_optional_tables_that_are_views_are_left_out(tmp_path: Path) -> None:
    path = make(
        tmp_path / "mlflow.db",
        f"CREATE VIEW experiment_tags AS {ENDLESS.format('key')}",
        f"CREATE VIEW latest_metrics AS {ENDLESS.format('key')}",
        "INSERT INTO experiments VALUES (0, 'Default', 'x', 'active')",
        "INSERT INTO runs VALUES ('r', 0, 'n', 'u', 'FINISHED', 1, 2, 'x', 'active')",
        "INSERT INTO metrics VALUES ('r', 'loss', 0.5, 1, 1, 0)",
    )
    store = open_store(f"sqlite:///{path}")
    assert store.get_experiment("0").tags == {}
    assert store.get_run("r").data.metrics == {"loss": 0.5}


def test_values_of_the_wrong_kind_are_read_as_well_as_they_can_be(tmp_path: Path) -> None:
    path = make(
        tmp_path / "mlflow.db",
        "INSERT INTO experiments VALUES (0, x'ff00', NULL, 7)",
        "INSERT INTO runs VALUES ('r', 0, 3.5, NULL, NULL, 'soon', 1e300, '../../etc', 'odd')",
        "INSERT INTO runs VALUES ('../../r', '../..', NULL, NULL, 'ODD', NULL, NULL, NULL, NULL)",
        "INSERT INTO metrics VALUES ('r', 'm', 'text', 'soon', 1e300, 0)",
        "INSERT INTO metrics VALUES ('r', 'm', NULL, NULL, NULL, NULL)",
        "INSERT INTO metrics VALUES ('r', 'm', 2, 3, 4.0, 0)",
        "INSERT INTO metrics VALUES ('r', NULL, 2, 3, 4, 0)",
        "INSERT INTO params VALUES ('r', 1, CAST(x'fffe' AS TEXT))",
        "INSERT INTO tags VALUES ('r', NULL, NULL)",
    )
    store = open_store(f"sqlite:///{path}")
    assert isinstance(store, MlflowDatabase)
    assert len(store.search_experiments()) == 1
    found = store.search_runs(None, view_type=ViewType.ALL, filter_string="run_id LIKE '%'")
    assert {run.info.run_id for run in found} >= {"r"}
    run = store.get_run("r")
    assert (run.info.status, run.info.start_time, run.info.end_time) == ("RUNNING", 0, None)
    assert run.data.params == {"1": "\ufffd\ufffd"}
    history = store.metric_history("r", "m")
    assert history.steps.tolist() == [0, 0, 4]
    assert history.timestamps.tolist() == [0, 0, 3]
    assert [math.isnan(value) for value in history.values] == [True, True, False]
    assert store.changes(store.changes().revision).run_ids == ()


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"SQLite format 3\0" * 4096])
def test_what_is_no_database_is_not_taken_for_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mlflow.db").write_bytes(content)
    assert not is_mlflow_database(tmp_path / "mlflow.db")


def test_a_database_that_goes_away_says_so(tmp_path: Path) -> None:
    path = make(tmp_path / "mlflow.db")
    store = open_store(f"sqlite:///{path}")
    path.unlink()
    with pytest.raises(StoreError, match="not there any more"):
        store.search_runs(None)
    with pytest.raises(NotFound):
        open_store(f"sqlite:///{path}", create=False)
