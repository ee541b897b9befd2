"""Databases that MLflow 1.30, 2.0, 2.22 and the newest made: all reads equal what was logged."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.store.mlflow_db.logged import LOGGED, plans
from tests.store.mlflow_db.make_databases import log_all
from tests.store.neighbours import as_text
from tracker.entities import Run, ViewType
from tracker.store import Store, open_store
from tracker.transfer import copy_runs, open_source, open_target

MADE = sorted(Path(__file__).with_name("made").glob("*.db.gz"))
NEWEST = "newest"


def test_what_was_logged_is_what_the_file_says() -> None:
    assert json.loads(LOGGED.read_text("utf-8")) == json.loads(json.dumps(plans()))
    assert [re.sub(r"mlflow-(\d+\.\d+).*", r"\1", it.name) for it in MADE] == [
        "1.30", "2.0", "2.22"
    ]  # fmt: skip


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database that the installed MLflow makes."""
    path = tmp_path_factory.mktemp("newest") / "mlflow.db"
    log_all(json.loads(LOGGED.read_text("utf-8")), str(path))
    return path.read_bytes()


@pytest.fixture(params=[*(it.name for it in MADE), NEWEST])
def made(
    request: pytest.FixtureRequest, newest: bytes, tmp_path: Path
) -> Iterator[tuple[str, Path]]:
    path = tmp_path / "mlflow.db"
    packed = Path(__file__).with_name("made") / request.param
    content = newest if request.param == NEWEST else gzip.decompress(packed.read_bytes())
    path.write_bytes(content)
    yield request.param, path
    assert path.read_bytes() == content


def test_all_that_was_logged_is_read_equal(made: tuple[str, Path]) -> None:
    name, path = made
    has_inputs = has_long_params = name not in ("mlflow-1.30.0.db.gz", "mlflow-2.0.1.db.gz")
    store = open_store(f"sqlite:///{path}")
    logged = json.loads(LOGGED.read_text("utf-8"))
    assert_experiments(store, logged["experiments"])
    runs = {int(it.data.tags["number"]): it for it in all_runs(store)}
    assert sorted(runs) == list(range(len(logged["runs"])))
    for number, plan in enumerate(logged["runs"]):
        run = runs[number]
        assert_facts(store, run, plan)
        long_params = plan["long_params"] if has_long_params else {}
        assert run.data.params == plan["params"] | long_params
        assert_points(store, run, plan["metrics"])
        inputs = [
            {
                "dataset": {slot: getattr(it.dataset, slot) for slot in it.dataset.__slots__},
                "tags": dict(it.tags),
            }
            for it in run.inputs.dataset_inputs
        ]
        assert inputs == (plan["inputs"] if has_inputs else [])


def assert_experiments(store: Store, logged: list[dict[str, Any]]) -> None:
    found = {it.name: it for it in store.search_experiments(view_type=ViewType.ALL)}
    assert found.keys() == {it["name"] for it in logged}
    for number, it in enumerate(logged):
        experiment = found[it["name"]]
        assert experiment.tags == it["tags"]
        assert experiment.lifecycle_stage == ("deleted" if it["deleted"] else "active")
        if it["name"] != "Default":
            assert experiment.artifact_location == f"s3://bucket/{number}"


def assert_facts(store: Store, run: Run, plan: dict[str, Any]) -> None:
    info = run.info
    ended = None if plan["status"] == "RUNNING" else plan["end_time"]
    experiment = store.get_experiment(info.experiment_id)
    assert experiment.name == plan["experiment"]
    assert (info.status, info.start_time, info.end_time, info.user_id) == (
        plan["status"], plan["start_time"], ended, "ada"
    )  # fmt: skip
    is_deleted = plan["deleted"] or experiment.lifecycle_stage == "deleted"
    assert info.lifecycle_stage == ("deleted" if is_deleted else "active")
    tags = dict(run.data.tags)
    assert tags.pop("mlflow.runName", info.run_name) == info.run_name
    assert tags == plan["tags"] | plan["more_tags"]


def assert_points(store: Store, run: Run, metrics: dict[str, Any]) -> None:
    assert run.data.metrics.keys() == metrics.keys()
    for key, points in metrics.items():
        history = store.metric_history(run.info.run_id, key)
        columns = (history.values.tolist(), history.timestamps.tolist(), history.steps.tolist())
        expected = [(float(value), at, step) for value, at, step in points]
        assert as_text(zip(*columns, strict=True)) == as_text(expected), key


def all_runs(store: Store) -> list[Run]:
    return list(store.search_runs(None, view_type=ViewType.ALL))


def test_it_is_imported_whole(made: tuple[str, Path], tmp_path: Path) -> None:
    target = open_store(tmp_path / ".tracker")
    assert copy_runs(open_source(made[1]), open_target(target)).is_complete
    source = {it.info.run_id: it for it in all_runs(open_store(f"sqlite:///{made[1]}"))}
    copies = {it.info.run_id: it for it in all_runs(target)}
    assert copies.keys() == source.keys()
    for run_id, copy in copies.items():
        assert copy.data.params == source[run_id].data.params
        assert copy.data.tags == source[run_id].data.tags
        assert copy.info.run_name == source[run_id].info.run_name
    report = copy_runs(open_source(made[1]), open_target(target))
    assert {str(it.outcome) for it in report.items} == {"equal"}
