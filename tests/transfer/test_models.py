"""Logged models of MLflow 3's come along, and MLflow reads them where they have come to."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tracker.rest.links import OUTPUT_MODEL
from tracker.store import open_store
from tracker.transfer import Outcome, copy_runs, open_source, open_target
from tracker.transfer.folder import ExportFolder
from tracker.transfer.mlruns_folder import open_mlruns


@pytest.fixture(autouse=True)
def file_stores_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")


def open_mlflow(folder: Path) -> Any:
    from mlflow.store.tracking.file_store import FileStore

    opened: Any = FileStore
    return opened(str(folder))


def log_model(theirs: Any) -> tuple[str, str]:
    """Return the ids of a model and the run that made it."""
    from mlflow import entities as it

    experiment_id = theirs.create_experiment("vision <1>")
    run_id = theirs.create_run(experiment_id, "ada", 1, [], "a run").info.run_id
    tags, params = [it.LoggedModelTag("kind", "größe")], [it.LoggedModelParameter("depth", "3")]
    model = theirs.create_logged_model(experiment_id, "net", run_id, tags, params, "sklearn")
    model_id = str(model.model_id)
    theirs.log_outputs(run_id, [it.LoggedModelOutput(model_id, 7)])
    theirs.log_inputs(run_id, [], [it.LoggedModelInput(model_id)])
    theirs.log_metric(run_id, it.Metric("acc", 0.5, 1, 0, model_id, "digits", "d1"))
    theirs.log_metric(run_id, it.Metric("val/acc", 0.25, 2, 3, model_id))
    theirs.finalize_logged_model(model_id, it.LoggedModelStatus.READY)
    folder = Path(model.artifact_location.removeprefix("file://"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.bin").write_bytes(b"\x00\x01")
    return model_id, str(run_id)


def facts(theirs: Any, model_id: str, run_id: str) -> dict[str, Any]:
    model = theirs.get_logged_model(model_id)
    run = theirs.get_run(run_id)
    location = Path(model.artifact_location.removeprefix("file://"))
    return {
        "model": (
            model.name, model.model_type, str(model.status), model.creation_timestamp,
            model.last_updated_timestamp, model.source_run_id, dict(model.params),
            dict(model.tags),
        ),
        "metrics": sorted(
            (it.key, it.value, it.timestamp, it.step, it.dataset_name, it.run_id)
            for it in model.metrics
        ),
        "outputs": [(it.model_id, it.step) for it in run.outputs.model_outputs],
        "inputs": [it.model_id for it in run.inputs.model_inputs],
        "tags": dict(run.data.tags),
        "files": {it.name: it.read_bytes() for it in location.iterdir()},
        "experiment": theirs.get_experiment(model.experiment_id).name,
    }  # fmt: skip


def test_models_are_the_same_after_a_way_through_every_kind_of_store(tmp_path: Path) -> None:
    theirs = open_mlflow(tmp_path / "mlruns")
    model_id, run_id = log_model(theirs)
    expected = facts(theirs, model_id, run_id)
    assert expected["files"] == {"model.bin": b"\x00\x01"}
    report = copy_runs(open_source(tmp_path / "mlruns"), open_mlruns(tmp_path / "copy"))
    assert (report.is_complete, report.models) == (True, 1)
    assert facts(open_mlflow(tmp_path / "copy"), model_id, run_id) == expected
    ours = open_store(tmp_path / ".tracker")
    assert copy_runs(open_source(tmp_path / "copy"), open_target(ours)).is_complete
    assert ours.get_run(run_id).data.tags[OUTPUT_MODEL + model_id] == "7"
    again = copy_runs(open_source(tmp_path / "copy"), open_target(ours))
    assert [it.outcome for it in again.items] == [Outcome.EQUAL]
    copy_runs(open_source(tmp_path / ".tracker"), ExportFolder(tmp_path / "json"))
    report = copy_runs(open_source(tmp_path / "json"), open_mlruns(tmp_path / "back"))
    assert (report.is_complete, report.models) == (True, 1)
    assert facts(open_mlflow(tmp_path / "back"), model_id, run_id) == expected


def test_a_model_of_our_own_server_is_one_of_mlflows_after_the_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracker.rest.serving import LoopbackServer

    store = open_store(tmp_path / ".tracker")
    with LoopbackServer(store) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        client = import_module("mlflow.tracking").MlflowClient(endpoint.uri)
        run_id = client.create_run("0", run_name="a run").info.run_id
        given = {"name": "net", "source_run_id": run_id, "model_type": "sklearn"}
        model_id = client.create_logged_model("0", **given).model_id
        client.set_terminated(run_id)
    report = copy_runs(open_source(tmp_path / ".tracker"), open_mlruns(tmp_path / "out"))
    assert (report.is_complete, report.models) == (True, 1)
    model = open_mlflow(tmp_path / "out").get_logged_model(model_id)
    assert (model.name, model.model_type, model.source_run_id) == ("net", "sklearn", run_id)


def test_a_model_behind_a_link_is_not_followed_and_a_broken_one_is_told(tmp_path: Path) -> None:
    theirs = open_mlflow(tmp_path / "mlruns")
    model_id, _ = log_model(theirs)
    (folder,) = tmp_path.glob(f"mlruns/*/models/{model_id}")
    (folder / "meta.yaml").write_text("{")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("private")
    folder.with_name("m-" + "0" * 32).symlink_to(tmp_path / "secret")
    (folder / "artifacts" / "link").symlink_to(tmp_path / "secret" / "key")
    report = copy_runs(
        open_source(tmp_path / "mlruns"), open_target(open_store(tmp_path / "new" / ".tracker"))
    )
    assert report.models == 1
    assert "meta.yaml" in report.problems[model_id][0]
    found = [it.name for it in (tmp_path / "new").rglob("*")]
    assert "model.bin" in found
    assert not {"key", "link"} & set(found)
