"""A training script against a server, and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import tracker
from tests.store.rest.conftest import Mlflow, Ours
from tracker.cli.app import cli
from tracker.entities import Metric
from tracker.server.files.openfile import open_artifact
from tracker.server.places.reading import Places
from tracker.server.service import Service
from tracker.store import open_store
from tracker.tracking import session


@pytest.fixture(autouse=True)
def _forget_the_server() -> Iterator[None]:
    yield
    tracker.end_run()
    tracker.set_tracking_uri(None)
    session.forget_experiment()


def train(folder: Path) -> str:
    """Train, as in MLflow's own examples."""
    tracker.set_experiment("vision")
    (folder / "weights.txt").write_text("1 2 3")
    with tracker.start_run(run_name="first", tags={"team": "a"}) as run:
        tracker.log_params({"lr": 0.1, "depth": 3})
        for step in range(20):
            tracker.log_metric("loss", 1 / (step + 1), step=step)
        tracker.log_metrics({"acc": 0.5, "f1": 0.25})
        tracker.set_tag("note", "x")
        tracker.log_artifact(folder / "weights.txt", "model")
        tracker.log_text("hello", "hello.txt")
        with tracker.start_run(run_name="child", nested=True):
            tracker.log_metric("loss", 2.0)
    return run.info.run_id


def test_a_training_script_logs_to_a_real_server(mlflow: Mlflow, tmp_path: Path) -> None:
    tracker.set_tracking_uri(mlflow.uri)
    run_id = train(tmp_path)
    found = tracker.search_runs(experiment_names=["vision"], output_format="list")
    assert [it.info.run_name for it in found] == ["child", "first"]
    database = open_store(f"sqlite:///{mlflow.database}")
    run = database.get_run(run_id)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "first")
    assert run.data.params == {"lr": "0.1", "depth": "3"}
    assert (run.data.metrics["acc"], run.data.tags["note"]) == (0.5, "x")
    assert database.metric_history(run_id, "loss").steps.tolist() == list(range(20))
    database.close()
    listed = tracker.artifacts.list_artifacts(run_id=run_id)
    assert [it.path for it in listed] == ["hello.txt", "model"]
    assert tracker.artifacts.load_text(f"runs:/{run_id}/hello.txt") == "hello"
    assert tracker.get_tracking_uri() == mlflow.uri


def test_a_training_script_runs_through_while_the_server_is_gone(
    ours: Ours, tmp_path: Path
) -> None:
    ours.front.stop()
    tracker.set_tracking_uri(ours.uri)
    run_id = train(tmp_path)
    run = tracker.last_active_run()
    assert run is not None and run.info.status == "FINISHED"
    ours.front.start()
    assert tracker.get_run(run_id).data.metrics["acc"] == 0.5
    assert len(tracker.search_runs(search_all_experiments=True, output_format="list")) == 2
    runs = {run.info.run_name: run for run in ours.runs}
    assert runs["first"].data.summaries["loss"].count == 20
    assert runs["child"].data.tags["mlflow.parentRunId"] == runs["first"].info.run_id
    assert ours.behind.find_experiment("vision") is not None
    assert tracker.artifacts.load_text(f"runs:/{run_id}/model/weights.txt") == "1 2 3"


def tell(*words: str) -> str:
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_line_works_on_a_server(ours: Ours, tmp_path: Path) -> None:
    tracker.set_tracking_uri(ours.uri)
    run_id = train(tmp_path)
    at = ("--store", ours.uri)
    assert "first" in tell("runs", "list", *at)
    found = json.loads(tell("runs", "search", "metrics.acc = 0.5", "--json", *at))
    assert [it["run_id"] for it in found] == [run_id]
    assert "lr" in tell("runs", "describe", run_id[:8], *at)
    assert "vision" in tell("experiments", "list", *at)
    assert "weights.txt" in tell("artifacts", "list", run_id, "model", *at)
    tell("runs", "delete", run_id, *at)
    assert ours.behind.get_run(run_id).info.lifecycle_stage == "deleted"


def test_the_panel_shows_a_server(ours: Ours, tmp_path: Path) -> None:
    tracker.set_tracking_uri(ours.uri)
    run_id = train(tmp_path)
    service = Service(Places(tmp_path))
    answer = service.experiments("")
    assert (answer["store"]["uri"], answer["store"]["exists"]) == (ours.uri, True)
    counts = {it["name"]: it["run_count"] for it in answer["experiments"]}
    assert counts == {"Default": 0, "vision": 2}
    found = service.search_runs({"folder": "", "filter": "metrics.acc = 0.5"})
    assert [it["run_id"] for it in found["runs"]] == [run_id]
    assert found["runs"][0]["metrics"]["loss"]["count"] == 20
    listed = service.artifacts("", run_id, "model")["files"]
    assert [it["path"] for it in listed] == ["model/weights.txt"]
    opened = open_artifact(service.places.files_of("", run_id), "model/weights.txt")
    assert (opened.size, opened.read(100)) == (5, b"1 2 3")
    opened.file.close()
    assert service.run_detail("", run_id)["experiment"]["run_count"] == 2


def test_runs_of_others_show_the_last_points_of_their_metrics(ours: Ours) -> None:
    run_id = ours.behind.create_run("0").info.run_id
    for step, value in enumerate((3.0, 1.0, 2.0)):
        ours.behind.log_metric(run_id, "loss", value, 10 + step, step)
    store = open_store(ours.uri)
    data = store.get_run(run_id).data
    assert data.metrics == {"loss": 2.0}
    summary = data.summaries["loss"]
    assert (summary.last, summary.last_step, summary.last_timestamp) == (2.0, 2, 12)
    assert summary.count == 2, "at least: how many there are is not told"
    assert store.metric_history(run_id, "loss").total == 3
    summary = store.search_runs(None)[0].data.summaries["loss"]
    assert (summary.last, summary.min, summary.max, summary.count) == (2.0, 1.0, 3.0, 3)
    ours.behind.log_batch(run_id, metrics=[Metric("loss", 5.0, 20, 9), Metric("loss", 4.0, 21, 10)])
    summary = store.get_run(run_id).data.summaries["loss"]
    assert (summary.last, summary.min, summary.max, summary.count) == (4.0, 1.0, 4.0, 4)
    store.metric_history(run_id, "loss")
    summary = store.get_run(run_id).data.summaries["loss"]
    assert (summary.last, summary.min, summary.max, summary.count) == (4.0, 1.0, 5.0, 5)
    store.log_metric(run_id, "loss", 0.5, 30, 30)
    assert store.get_run(run_id).data.metrics == {"loss": 0.5}
    store.close()
