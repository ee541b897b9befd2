"""Every schema that MLflow had since 1.0 is read as it is."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.store.mlflow_db.schemas import INITIAL, REVISIONS, insert, make_databases
from tests.store.neighbours import as_text
from tracker.entities import Dataset, DatasetInput, ViewType
from tracker.errors import NotFound
from tracker.store import open_store

RUN, OTHER = "a" * 32, "b" * 32
LARGEST = 1.7976931348623157e308
POINTS = [(3.0, 10, 0), (0.5, 20, 1), (0.75, 25, 1), (LARGEST, 30, 2), (-1.0, 40, 2)]


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_databases(tmp_path_factory.mktemp("schemas"))


@pytest.fixture(params=[INITIAL, *REVISIONS])
def database(databases: dict[str, Path], request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = Path(shutil.copy(databases[request.param], tmp_path / "mlflow.db"))
    fill(path)
    return path


def fill(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM experiments")
    for experiment_id, name in [(0, "Default"), (1, "vision")]:
        insert(
            connection,
            "experiments",
            {
                "experiment_id": experiment_id,
                "name": name,
                "artifact_location": f"./mlruns/{experiment_id}",
                "lifecycle_stage": "active",
                "creation_time": 5,
                "last_update_time": 6,
            },
        )
    insert(connection, "experiment_tags", {"experiment_id": 1, "key": "team", "value": "red"})
    for number, run_id in enumerate((RUN, OTHER)):
        fill_run(connection, run_id, number)
    for value, timestamp, step in POINTS:
        row = {"key": "loss", "value": value, "timestamp": timestamp, "step": step}
        insert(connection, "metrics", {**row, "run_uuid": RUN, "is_nan": 0})
    nan = {"key": "nan", "value": 0.0, "timestamp": 1, "step": 0, "is_nan": 1, "run_uuid": RUN}
    last = {"key": "loss", "value": LARGEST, "timestamp": 30, "step": 2, "is_nan": 0}
    insert(connection, "metrics", nan)
    insert(connection, "latest_metrics", nan)
    insert(connection, "latest_metrics", {**last, "value": -1.0, "timestamp": 40, "run_uuid": RUN})
    insert(connection, "params", {"key": "lr", "value": "0.1", "run_uuid": RUN})
    insert(connection, "tags", {"key": "mlflow.runName", "value": "first", "run_uuid": RUN})
    insert(
        connection,
        "datasets",
        {
            "dataset_uuid": "d1",
            "experiment_id": 1,
            "name": "digits",
            "digest": "abc",
            "dataset_source_type": "local",
            "dataset_source": "/data",
        },
    )
    link = {"input_uuid": "i1", "source_type": "DATASET", "source_id": "d1"}
    insert(connection, "inputs", {**link, "destination_type": "RUN", "destination_id": RUN})
    tag = {"input_uuid": "i1", "name": "mlflow.data.context", "value": "training"}
    insert(connection, "input_tags", tag)
    connection.commit()
    connection.close()


def fill_run(connection: sqlite3.Connection, run_id: str, number: int) -> None:
    insert(
        connection,
        "runs",
        {
            "run_uuid": run_id,
            "name": "",
            "source_type": "LOCAL",
            "user_id": "ada",
            "status": "FINISHED",
            "start_time": 100 + number,
            "end_time": 200 + number,
            "lifecycle_stage": ["active", "deleted"][number],
            "artifact_uri": f"./mlruns/1/{run_id}/artifacts",
            "experiment_id": 1,
        },
    )


def columns(database: Path, table: str) -> set[str]:
    connection = sqlite3.connect(database)
    names = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    connection.close()
    return names


def test_all_of_a_run_is_read_whatever_the_schema(database: Path) -> None:
    store = open_store(f"sqlite:///{database}")
    run = store.get_run(RUN)
    info = run.info
    assert (info.run_id, info.experiment_id, info.run_name) == (RUN, "1", "first")
    assert (info.user_id, info.status, info.start_time, info.end_time) == (
        "ada", "FINISHED", 100, 200
    )  # fmt: skip
    assert info.artifact_uri == f"{database.parent}/mlruns/1/{RUN}/artifacts"
    assert run.data.params == {"lr": "0.1"}
    assert run.data.tags == {"mlflow.runName": "first"}
    there = columns(database, "metrics")
    has_steps, has_nan = "step" in there, "is_nan" in there
    history = store.metric_history(RUN, "loss")
    assert history.values.tolist() == [3.0, 0.5, 0.75, float("inf"), -1.0]
    assert history.steps.tolist() == ([0, 1, 1, 2, 2] if has_steps else [0] * 5)
    summary = run.data.summaries["loss"]
    assert (summary.last, summary.min, summary.max, summary.count) == (-1.0, -1.0, float("inf"), 5)
    assert as_text([run.data.metrics["nan"]]) == as_text([float("nan") if has_nan else 0.0])
    if columns(database, "inputs"):
        dataset = Dataset("digits", "abc", "local", "/data")
        given = DatasetInput(dataset, {"mlflow.data.context": "training"})
        assert run.inputs.dataset_inputs == (given,)
    else:
        assert run.inputs.dataset_inputs == ()


def test_experiments_and_searches_work_whatever_the_schema(database: Path) -> None:
    store = open_store(f"sqlite:///{database}")
    assert [it.name for it in store.search_experiments(filter_string="name LIKE 'v%'")] == [
        "vision"
    ]
    vision = store.find_experiment("vision")
    assert vision is not None
    assert vision.artifact_location == f"{database.parent}/mlruns/1"
    has_tags = bool(columns(database, "experiment_tags"))
    assert vision.tags == ({"team": "red"} if has_tags else {})
    has_times = "creation_time" in columns(database, "experiments")
    assert vision.creation_time == (5 if has_times else None)

    def found(filter_string: str, view_type: ViewType = ViewType.ALL) -> list[str]:
        page = store.search_runs(["1"], filter_string=filter_string, view_type=view_type)
        return [run.info.run_id for run in page]

    assert found("") == [OTHER, RUN]
    assert found("", ViewType.ACTIVE_ONLY) == [RUN]
    assert found("metrics.loss < 0 AND params.lr = '0.1'") == [RUN]
    assert found("attributes.run_name = 'first'") == [RUN]
    assert found("metrics.loss.max > 1000") == [RUN]
    assert store.count_runs() == {"1": 1}
    assert store.count_runs(ViewType.ALL) == {"1": 2}
    assert len(store.search_runs(["0", "99", "x", "9" * 30])) == 0
    with pytest.raises(NotFound):
        store.get_experiment("99")
    with pytest.raises(NotFound):
        store.metric_history("c" * 32, "loss")
