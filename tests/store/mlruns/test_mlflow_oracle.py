"""The real MLflow's file store reads what tracker wrote, and tracker what it wrote, all equal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.store.neighbours import (
    assert_same_histories,
    assert_same_run,
    log_to_mlflow,
    log_to_tracker,
    make_plan,
)
from tests.transfer.filling import files_of
from tracker.artifacts import open_artifacts
from tracker.entities import ViewType
from tracker.store import Store, open_store

RUNS = 200
LONG = "é" * 6000
PARENT = "mlflow.parentRunId"


@pytest.fixture(autouse=True)
def file_stores_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")


def open_mlflow(folder: Path) -> Any:
    from mlflow.store.tracking.file_store import FileStore

    open_file_store: Any = FileStore
    return open_file_store(str(folder))


def assert_all_same(ours: Store, theirs: Any) -> None:
    from mlflow.entities import ViewType as TheirViewType

    experiments = ours.search_experiments(view_type=ViewType.ALL)
    expected = theirs.search_experiments(view_type=TheirViewType.ALL)
    assert {it.experiment_id for it in experiments} == {it.experiment_id for it in expected}
    for experiment in experiments:
        other = theirs.get_experiment(experiment.experiment_id)
        for name in ("name", "artifact_location", "lifecycle_stage", "creation_time", "tags"):
            assert getattr(experiment, name) == getattr(other, name), name
    ids = [it.experiment_id for it in experiments]
    runs = ours.search_runs(ids, view_type=ViewType.ALL)
    found = theirs.search_runs(ids, "", TheirViewType.ALL, 1000)
    assert [it.info.run_id for it in runs] == [it.info.run_id for it in found]
    for run, other in zip(runs, found, strict=True):
        assert_same_run(run, other)
        assert files_of(run.info.artifact_uri) == files_for_mlflow(other.info.artifact_uri)
        assert_same_histories(ours, theirs, run.info.run_id, list(run.data.metrics))
    assert sum(bool(files_of(run.info.artifact_uri)) for run in runs) in (0, RUNS // 5)


def artifacts_of_mlflow(uri: str) -> Any:
    from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository

    open_repository: Any = LocalArtifactRepository
    return open_repository(uri)


def files_for_mlflow(uri: str) -> dict[str, bytes]:
    repository = artifacts_of_mlflow(uri)
    pending, found = [""], {}
    while pending:
        for it in repository.list_artifacts(pending.pop() or None):
            if it.is_dir:
                pending.append(it.path)
            else:
                found[it.path] = Path(repository.download_artifacts(it.path)).read_bytes()
    return found


def write(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    return str(path)


def log_models(theirs: Any, experiment_id: str, run_ids: list[str]) -> None:
    """Log models of MLflow 3's: folders beside the runs, which must not be taken for runs."""
    from mlflow.entities import LoggedModelOutput, LoggedModelParameter, LoggedModelTag, Metric

    for run_id in run_ids[1::30]:
        model = theirs.create_logged_model(
            experiment_id,
            "net",
            run_id,
            [LoggedModelTag("kind", "größe")],
            [LoggedModelParameter("depth", "3")],
            "sklearn",
        )
        theirs.log_outputs(run_id, [LoggedModelOutput(model.model_id, 1)])
        # At step 0: MLflow's file store reads the step of a point with a data set as 0.
        theirs.log_metric(run_id, Metric("of model", 0.5, 1, 0, model.model_id, "digits", "d1"))


def test_mlflow_reads_all_that_tracker_wrote(tmp_path: Path) -> None:
    folder = tmp_path / "mlruns"
    ours = open_store(folder)
    vision = ours.create_experiment("vision <1>", tags={"team": "größe"})
    elsewhere = ours.create_experiment("kept", artifact_location=str(tmp_path / "my files"))
    run_ids = [
        log_to_tracker(ours, ["0", vision, elsewhere][i % 3], make_plan(i)) for i in range(RUNS)
    ]
    for i, run_id in enumerate(run_ids[::5]):
        ours.log_batch(run_id, params={"long": LONG}, tags={PARENT: run_ids[i]})
        open_artifacts(ours.get_run(run_id).info.artifact_uri).put(
            "model/größe.bin", [LONG.encode()]
        )
    for run_id in run_ids[::7]:
        ours.update_run(run_id, lifecycle_stage="deleted")
    ours.update_run(run_ids[1], run_name="renamed")
    ours.log_batch(run_ids[2], tags={"t.0": None, "mlflow.runName": "by tag"})
    gone = ours.create_experiment("gone")
    log_to_tracker(ours, gone, make_plan(RUNS))
    ours.update_experiment(gone, lifecycle_stage="deleted")
    ours.update_experiment(vision, name="renamed")
    assert_all_same(ours, open_mlflow(folder))


def test_tracker_reads_all_that_mlflow_wrote(tmp_path: Path) -> None:
    from mlflow.entities import ExperimentTag, Param, RunTag

    folder = tmp_path / "mlruns"
    theirs = open_mlflow(folder)
    vision = theirs.create_experiment("vision <1>", tags=[ExperimentTag("team", "größe")])
    elsewhere = theirs.create_experiment("kept", str(tmp_path / "my files"))
    run_ids = [
        log_to_mlflow(theirs, ["0", vision, elsewhere][i % 3], make_plan(i)) for i in range(RUNS)
    ]
    for i, run_id in enumerate(run_ids[::5]):
        theirs.log_batch(run_id, [], [Param("long", LONG)], [RunTag(PARENT, run_ids[i])])
        uri = theirs.get_run(run_id).info.artifact_uri
        artifacts_of_mlflow(uri).log_artifact(write(tmp_path / "größe.bin", LONG), "model")
    log_models(theirs, vision, run_ids)
    for run_id in run_ids[::7]:
        theirs.delete_run(run_id)
    theirs.restore_run(run_ids[7])
    gone = theirs.create_experiment("gone")
    log_to_mlflow(theirs, gone, make_plan(RUNS))
    theirs.delete_experiment(gone)
    theirs.rename_experiment(vision, "renamed")
    assert_all_same(open_store(folder), theirs)


def test_both_go_on_in_one_folder(tmp_path: Path) -> None:
    from mlflow.entities import Metric, Param, RunStatus, RunTag

    folder = tmp_path / "mlruns"
    theirs, ours = open_mlflow(folder), open_store(folder)
    experiment_id = ours.create_experiment("shared")
    run_id = log_to_mlflow(theirs, experiment_id, make_plan(3))
    ours.update_run(run_id, status="RUNNING")
    for step in range(20):
        ours.log_metric(run_id, "shared", step + 0.5, step, step)
        theirs.log_metric(run_id, Metric("shared", -step, step, step))
    ours.log_batch(run_id, params={"by": "tracker"}, tags={"seen": "1"})
    theirs.log_batch(run_id, [], [Param("also", "mlflow")], [RunTag("seen", "2")])
    assert_all_same(ours, theirs)
    theirs.update_run_info(run_id, RunStatus.FINISHED, 5, "their name")
    ours.update_experiment(experiment_id, lifecycle_stage="deleted")
    assert_all_same(ours, theirs)
    theirs.restore_experiment(experiment_id)
    assert_all_same(ours, theirs)
    assert ours.get_run(run_id).info.run_name == "their name"


def test_artifacts_of_either_are_found_by_both(tmp_path: Path) -> None:
    folder = tmp_path / "my mlruns é" / "mlruns"
    folder.parent.mkdir()
    theirs, ours = open_mlflow(folder), open_store(folder)
    by_them = log_to_mlflow(theirs, "0", make_plan(1))
    by_us = log_to_tracker(ours, "0", make_plan(2))
    (tmp_path / "a.txt").write_text("hello")
    for run_id in (by_them, by_us):
        uri = ours.get_run(run_id).info.artifact_uri
        assert uri == theirs.get_run(run_id).info.artifact_uri
        open_artifacts(uri).put("ours/a.txt", [b"hello"])
        repository = artifacts_of_mlflow(uri)
        repository.log_artifact(str(tmp_path / "a.txt"), "theirs")
        assert {it.path for it in repository.list_artifacts()} == {"ours", "theirs"}
        assert [it.path for it in open_artifacts(uri).list("theirs")] == ["theirs/a.txt"]
