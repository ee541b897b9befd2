"""The real MlflowClient, driven through every method of tracking, on our server and on MLflow's."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelStatus,
    Metric,
    Param,
    RunTag,
    ViewType,
)

from tests.rest.both import Both, Pair
from tests.rest.conftest import KINDS, Site

pytestmark = pytest.mark.parametrize("store", KINDS, indirect=True)


@pytest.fixture
def both(ours: Site, oracle: Site, client_environment: Mapping[str, str]) -> Iterator[Both]:
    yield Both(MlflowClient(ours.uri), MlflowClient(oracle.uri))
    mlflow.set_tracking_uri("")


@pytest.fixture
def experiment(both: Both, tmp_path: Path) -> Pair:
    """A new experiment; its name is the test's own, for the oracle serves them all."""
    made: Pair = both.create_experiment(tmp_path.name, tags={"team": "vision"})
    return made


def run_in(both: Both, experiment: Pair, name: str, **tags: str) -> Pair:
    """Return the id of a new run."""
    made = both.create_run(experiment, start_time=1_700_000_000_000, tags=tags, run_name=name)
    run_id: Pair = made.info.run_id
    return run_id


def test_experiments(both: Both, experiment: Pair, tmp_path: Path) -> None:
    name = tmp_path.name
    both.get_experiment(experiment)
    both.get_experiment_by_name(name)
    both.get_experiment_by_name("not there")
    both.get_experiment("99999")
    both.get_experiment("not a number")
    both.create_experiment(name)
    both.create_experiment("")
    both.create_experiment("x" * 501)
    both.set_experiment_tag(experiment, "owner", "ada")
    both.set_experiment_tag(experiment, "owner", "grace")
    both.set_experiment_tag("99999", "owner", "ada")
    both.set_experiment_tag(experiment, "bad*key", "v")
    both.delete_experiment_tag(experiment, "owner")
    both.delete_experiment_tag(experiment, "owner")
    both.rename_experiment(experiment, f"{name} renamed")
    both.rename_experiment("99999", "new")
    both.restore_experiment(experiment)
    both.delete_experiment(experiment)
    both.delete_experiment(experiment)
    both.get_experiment_by_name(f"{name} renamed")
    both.create_run(experiment)
    both.create_experiment(f"{name} renamed")
    both.restore_experiment(experiment)
    both.get_experiment(experiment)


def test_searching_experiments(both: Both, tmp_path: Path) -> None:
    name = tmp_path.name
    made = [both.create_experiment(f"{name} {i}", tags={"n": str(i)}) for i in range(4)]
    both.delete_experiment(made[3])
    mine = f"name LIKE '{name}%'"
    both.search_experiments(filter_string=mine, order_by=["name"])
    both.search_experiments(filter_string=mine, order_by=["name DESC"], view_type=ViewType.ALL)
    both.search_experiments(filter_string=mine, view_type=ViewType.DELETED_ONLY)
    both.search_experiments(filter_string=f"{mine} AND tags.n = '1'")
    page = both.search_experiments(filter_string=mine, order_by=["name"], max_results=2)
    both.search_experiments(
        filter_string=mine, order_by=["name"], max_results=2, page_token=page.token
    )
    both.search_experiments(max_results=0)
    both.search_experiments(max_results=50_001)
    both.search_experiments(page_token="nonsense")
    both.search_experiments(filter_string="nonsense")
    both.search_experiments(order_by=["nonsense"])


def test_runs(both: Both, experiment: Pair) -> None:
    run = run_in(both, experiment, "first", colour="red")
    both.get_run(run)
    both.get_run("0" * 32)
    child = run_in(both, experiment, "child")
    both.set_tag(child, "mlflow.parentRunId", run)
    both.get_parent_run(child)
    both.get_parent_run(run)
    both.update_run(run, name="renamed")
    both.update_run(run, status="SCHEDULED")
    both.get_run(run)
    both.set_terminated(run, "FAILED", end_time=1_700_000_009_000)
    both.get_run(run)
    both.update_run(run, status="RUNNING")
    both.get_run(run)
    both.delete_run(run)
    both.delete_run(run)
    both.get_run(run)
    both.update_run(run, name="while deleted")
    both.log_metric(run, "m", 1.0, timestamp=1)
    both.log_param(run, "p", "1")
    both.set_tag(run, "t", "1")
    both.restore_run(run)
    both.restore_run(run)
    both.get_run(run)
    both.delete_run("0" * 32)
    both.create_run("99999")


def test_metrics_params_and_tags(both: Both, experiment: Pair) -> None:
    run = run_in(both, experiment, "logged")
    for step, value in enumerate([0.5, float("nan"), float("inf"), float("-inf"), 0.25, -1e-300]):
        both.log_metric(run, "loss", value, timestamp=1000 + step, step=step)
    both.log_metric(run, "loss", 0.25, timestamp=1004, step=4)
    both.log_metric(run, "loss", 7.0, timestamp=900, step=-3)
    both.log_metric(run, "a/b c", 2**60, timestamp=5)
    both.get_metric_history(run, "loss")
    both.get_metric_history(run, "a/b c")
    both.get_metric_history(run, "absent")
    both.get_metric_history("0" * 32, "loss")
    for key in ("", "/x", "a//b", "..", "bad*key", "k" * 251):
        both.log_metric(run, key, 1.0, timestamp=1)
        both.log_param(run, key, "v")
        both.set_tag(run, key, "v")
    both.log_metric(run, "m", 1.0, timestamp=-1)
    both.log_metric("0" * 32, "m", 1.0, timestamp=1)
    both.log_param(run, "lr", 0.1)
    both.log_param(run, "lr", 0.1)
    both.log_param(run, "lr", 0.2)
    both.log_param(run, "long", "x" * 6001)
    both.log_param(run, "empty", "")
    both.set_tag(run, "note", "one")
    both.set_tag(run, "note", "two")
    both.set_tag(run, "long", "y" * 8001)
    both.set_tag(run, "mlflow.runName", "renamed by tag")
    both.delete_tag(run, "note")
    both.delete_tag(run, "note")
    both.get_run(run)


def test_batches(both: Both, experiment: Pair) -> None:
    run = run_in(both, experiment, "batches")
    points = [Metric("m", i / 7, 1_000 + i, i) for i in range(1000)]
    both.log_batch(run, metrics=points)
    both.log_batch(run, params=[Param(f"p{i}", str(i)) for i in range(100)])
    both.log_batch(run, tags=[RunTag(f"t{i}", str(i)) for i in range(100)])
    both.log_batch(run, params=[Param("p0", "other"), Param("new", "1")])
    both.log_batch(run, params=[Param("twice", "1"), Param("twice", "2")])
    both.log_batch(run, params=[Param(f"q{i}", "1") for i in range(101)])
    both.log_batch(run, tags=[RunTag(f"q{i}", "1") for i in range(101)])
    both.log_batch(run, metrics=[Metric("bad*key", 1.0, 1, 0)], params=[Param("with", "bad")])
    both.log_batch(run)
    both.log_batch("0" * 32, params=[Param("a", "1")])
    both.get_run(run)
    both.get_metric_history(run, "m")


def test_inputs_and_outputs(both: Both, experiment: Pair) -> None:
    run = run_in(both, experiment, "inputs")
    dataset = Dataset("iris", "d1", "local", "{}", schema="{}", profile="{}")
    context = [InputTag("mlflow.data.context", "training")]
    both.log_inputs(run, datasets=[DatasetInput(dataset, context)])
    both.log_inputs(run, datasets=[DatasetInput(Dataset("other", "d2", "local", "x"), [])])
    model = both.create_logged_model(experiment, name="m", source_run_id=run)
    ours, theirs = model.ours.model_id, model.theirs.model_id
    both.log_inputs(run, models=[Pair(LoggedModelInput(ours), LoggedModelInput(theirs))])
    both.log_outputs(run, [Pair(LoggedModelOutput(ours, 3), LoggedModelOutput(theirs, 3))])
    both.get_run(run)


def test_searching_runs_by_data_sets(both: Both, experiment: Pair) -> None:
    run = run_in(both, experiment, "inputs")
    context = [InputTag("mlflow.data.context", "training")]
    both.log_inputs(run, datasets=[DatasetInput(Dataset("iris", "d1", "local", "{}"), context)])
    for condition in ("name = 'iris'", "digest LIKE 'd%'", "context = 'training'", "name = 'x'"):
        both.search_runs([experiment], filter_string=f"dataset.{condition}")


def _sides(pair: Pair) -> tuple[Any, Any]:
    return pair.ours, pair.theirs


def test_searching_runs_with_filters(both: Both, experiment: Pair) -> None:
    _fill(both, experiment)
    for filter_string in (
        "",
        "metrics.loss < 0.5",
        "metrics.loss != 0.2",
        "params.lr = '0.1'",
        "params.lr LIKE '0.%' AND metrics.loss >= 0.1",
        "tags.colour ILIKE 'RE%'",
        "tags.colour IS NULL",
        "attributes.status = 'FINISHED'",
        "run_name = 'run 2'",
        "attributes.start_time > 1700000000001",
        "params.lr > 3",
        "metrics.loss = 'text'",
        "nonsense = 1",
        "   ",
    ):
        both.search_runs([experiment], filter_string=filter_string)


def test_searching_runs_in_order_and_by_pages(both: Both, experiment: Pair) -> None:
    _fill(both, experiment)
    for order in ("metrics.loss DESC", "params.lr", "attributes.start_time", "tags.colour", "bad"):
        both.search_runs([experiment], order_by=[order])
    both.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)
    both.search_runs([experiment], run_view_type=ViewType.ALL)
    page = both.search_runs([experiment], max_results=2)
    both.search_runs([experiment], max_results=2, page_token=page.token)
    both.search_runs([experiment], page_token="nonsense")
    both.search_runs([experiment], max_results=0)
    both.search_runs([experiment], max_results=50_001)
    both.search_runs([])
    both.search_runs(["99999"])
    both.search_runs(["not a number"])


def _fill(both: Both, experiment: Pair) -> None:
    for i in range(5):
        made = both.create_run(experiment, start_time=1_700_000_000_000 + i, run_name=f"run {i}")
        run = made.info.run_id
        tags = [RunTag("colour", "red" if i % 2 else "blue")] if i else []
        loss = float("nan") if i == 4 else i / 10
        both.log_batch(run, [Metric("loss", loss, 1, 0)], [Param("lr", str(0.1 * i))], tags)
        if i > 2:
            both.set_terminated(run, end_time=1_700_000_000_500)
    both.delete_run(run)


def test_artifacts(both: Both, experiment: Pair, tmp_path: Path) -> None:
    run = run_in(both, experiment, "files")
    folder = tmp_path / "source" / "deep"
    folder.mkdir(parents=True)
    (folder / "weights.bin").write_bytes(bytes(range(256)) * 4000)
    (folder.parent / "a name, with späces & signs.txt").write_text("text")
    both.list_artifacts(run)
    both.log_artifact(run, str(folder / "weights.bin"))
    both.log_artifact(run, str(folder / "weights.bin"), "models/first")
    both.log_artifacts(run, str(folder.parent), "all")
    both.log_text(run, "hello", "notes/hello.txt")
    both.log_dict(run, {"a": [1, 2]}, "config.json")
    both.log_table(run, {"q": ["x", "y"], "n": [1, 2]}, "table.json")
    both.log_table(run, {"q": ["z"], "n": [3]}, "table.json")
    both.log_stream(run, Pair(io.BytesIO(b"stream"), io.BytesIO(b"stream")), "stream.bin")
    for path in (None, "all", "all/deep", "models", "config.json", "absent", "../x", "/etc"):
        both.list_artifacts(run, path)
    both.list_artifacts("0" * 32)
    names = both.label(Pair("fetched from ours", "fetched from theirs"), "<folder>")
    folders = Pair(*(str(tmp_path / name) for name in _sides(names)))
    for folder in _sides(folders):
        Path(folder).mkdir()
    both.download_artifacts(run, "", folders)
    ours, theirs = (_files(Path(folder)) for folder in _sides(folders))
    assert ours == theirs
    assert len(ours) == 8
    both.download_artifacts(run, "absent", folders)


def _files(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_tables_figures_and_images(both: Both, experiment: Pair) -> None:
    import numpy as np
    from matplotlib.figure import Figure

    run = run_in(both, experiment, "pictures")
    both.log_figure(run, Figure(), "figure.png")
    both.log_image(run, np.zeros((4, 4, 3), np.uint8), "image.png")
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    both.log_table(run, frame, "table.json")
    listed = both.list_artifacts(run)
    assert [info.path for info in listed.ours] == ["figure.png", "image.png", "table.json"]


def test_tables_come_back(both: Both, experiment: Pair) -> None:
    run = run_in(both, experiment, "tables")
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    both.log_table(run, frame, "table.json")
    both.log_table(run, frame, "table.json")
    both.load_table(experiment, "table.json")
    both.load_table(experiment, "table.json", [run], ["run_id"])
    both.load_table(experiment, "absent.json")


def test_logged_models(both: Both, experiment: Pair, tmp_path: Path) -> None:
    run = run_in(both, experiment, "models")
    model = both.create_logged_model(
        experiment, name="forest", source_run_id=run, params={"depth": "3"}, tags={"t": "1"},
        model_type="classifier",
    ).model_id  # fmt: skip
    both.get_logged_model(model)
    both.get_logged_model("m-" + "0" * 32)
    both.log_model_params(model, {"trees": "10"})
    both.set_logged_model_tags(model, {"u": "2"})
    both.delete_logged_model_tag(model, "t")
    both.delete_logged_model_tag(model, "t")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "MLmodel").write_text("flavors: {}")
    both.log_model_artifact(model, str(tmp_path / "model" / "MLmodel"))
    both.log_model_artifacts(model, str(tmp_path / "model"))
    both.list_logged_model_artifacts(model)
    both.finalize_logged_model(model, LoggedModelStatus.READY)
    both.log_metric(
        run, "accuracy", 0.9, timestamp=5, step=1, model_id=model, dataset_name="iris",
        dataset_digest="d",
    )  # fmt: skip
    both.get_logged_model(model)
    both.create_logged_model(experiment, name="second")
    both.search_logged_models([experiment], filter_string="name = 'forest'")
    both.search_logged_models([experiment], order_by=[{"field_name": "name", "ascending": False}])
    both.delete_logged_model(model)
    both.get_logged_model(model)
    both.search_logged_models([experiment])
