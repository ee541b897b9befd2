"""Logged models that MLflow itself wrote into an mlruns folder, read through our server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import LoggedModel, LoggedModelInput, LoggedModelOutput, LoggedModelStatus
from mlflow.exceptions import MlflowException

from tests.rest.conftest import Site
from tracker.store import Store, open_store


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    return tmp_path / "mlruns"


@pytest.fixture
def written(folder: Path, tmp_path: Path) -> LoggedModel:
    """Log a model with MLflow alone, which keeps it in the folder."""
    client = MlflowClient(folder.as_uri())
    experiment = client.create_experiment("theirs")
    run = client.create_run(experiment).info.run_id
    model = client.create_logged_model(
        experiment, "forest", run, {"team": "vision"}, {"depth": "3"}, "classifier"
    )
    (tmp_path / "MLmodel").write_text("flavors: {}")
    mlflow.set_tracking_uri(folder.as_uri())
    client.log_model_artifact(model.model_id, str(tmp_path / "MLmodel"))
    client.log_metric(run, "accuracy", 0.9, timestamp=5, step=1, model_id=model.model_id)
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    client.log_outputs(run, [LoggedModelOutput(model.model_id, 7)])
    client.log_inputs(run, models=[LoggedModelInput(model.model_id)])
    return client.get_logged_model(model.model_id)


@pytest.fixture
def store(written: LoggedModel, folder: Path) -> Iterator[Store]:
    store = open_store(folder)
    yield store
    store.close()
    mlflow.set_tracking_uri("")


def told(model: LoggedModel) -> dict[str, Any]:
    """Return what both must agree on: all but where the files are, and an empty message."""
    elsewhere = {"artifact_location", "artifact_uri", "status_message"}
    known = {key: it for key, it in model.to_dictionary().items() if key not in elsewhere}
    points = model.metrics or []
    metrics = [(it.key, it.value, it.timestamp, it.step, it.run_id) for it in points]
    return {**known, "metrics": metrics}


def test_a_model_of_mlflows_is_read_as_mlflow_reads_it(
    written: LoggedModel, ours: Site, client_environment: Mapping[str, str], tmp_path: Path
) -> None:
    mlflow.set_tracking_uri(ours.uri)
    client = MlflowClient(ours.uri)
    assert told(client.get_logged_model(written.model_id)) == told(written)
    [found] = client.search_logged_models([written.experiment_id], "name = 'forest'")
    assert told(found) == told(written)
    listed = client.list_logged_model_artifacts(written.model_id)
    assert [info.path for info in listed] == ["MLmodel"]
    uri = f"{found.artifact_location}/MLmodel"
    fetched = mlflow.artifacts.download_artifacts(uri, dst_path=str(tmp_path / "fetched"))
    assert Path(fetched).read_text() == "flavors: {}"


def test_a_run_of_mlflows_names_the_models_that_it_read_and_made(
    written: LoggedModel, ours: Site, client_environment: Mapping[str, str], folder: Path
) -> None:
    run_id = str(written.source_run_id)
    shown, theirs = (MlflowClient(it).get_run(run_id) for it in (ours.uri, folder.as_uri()))
    assert shown.outputs is not None and shown.inputs is not None and theirs.outputs is not None
    assert [(it.model_id, it.step) for it in shown.outputs.model_outputs] == [(written.model_id, 7)]
    assert shown.outputs.to_dictionary() == theirs.outputs.to_dictionary()
    assert [it.model_id for it in shown.inputs.model_inputs] == [written.model_id]
    assert set(shown.data.tags) == set(theirs.data.tags)


def test_it_is_not_changed_and_others_may_be_logged_beside_it(
    written: LoggedModel, ours: Site, client_environment: Mapping[str, str], folder: Path
) -> None:
    client = MlflowClient(ours.uri)
    for change in (
        lambda: client.set_logged_model_tags(written.model_id, {"a": "b"}),
        lambda: client.delete_logged_model(written.model_id),
        lambda: client.finalize_logged_model(written.model_id, LoggedModelStatus.READY),
    ):
        with pytest.raises(MlflowException, match="logged by MLflow itself") as refused:
            change()
        assert refused.value.error_code == "PERMISSION_DENIED"
    made = client.create_logged_model(written.experiment_id, "second")
    found = client.search_logged_models([written.experiment_id])
    assert {it.model_id for it in found} == {written.model_id, made.model_id}


def test_a_model_that_cannot_be_read_hides_no_other(
    written: LoggedModel, ours: Site, client_environment: Mapping[str, str], folder: Path
) -> None:
    models = folder / written.experiment_id / "models"
    for number, text in enumerate(("", "- a list", "name: [", "name: {}\nexperiment_id: [1]\n")):
        broken = models / f"m-{number}{'0' * 31}"
        shutil.copytree(models / written.model_id, broken)
        (broken / "meta.yaml").write_text(text)
    client = MlflowClient(ours.uri)
    found = [it.model_id for it in client.search_logged_models([written.experiment_id])]
    assert written.model_id in found
    assert told(client.get_logged_model(written.model_id)) == told(written)
