"""MLflow's stores through tracker's other parts: the fluent API, URIs, the panel's service."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mlflow_databases import new_database
from tests.store.mlruns.folders import RUN, make_experiment, make_run
from tracker.errors import NotFound
from tracker.server.places.reading import Places
from tracker.server.service import Service
from tracker.store import open_store
from tracker.store.mlflow_db.store import MlflowDatabase
from tracker.store.mlruns.store import MlrunsStore
from tracker.store.sqlite.store import SqliteStore

SCRIPT = """
import sys, tracker
tracker.set_tracking_uri(sys.argv[1])
tracker.set_experiment("vision")
with tracker.start_run(run_name="first") as run:
    tracker.log_params({"lr": 0.1, "net": "resnet"})
    for step in range(10):
        tracker.log_metric("loss", 1 / (step + 1), step=step)
    tracker.log_text("hello", "notes/a.txt")
    tracker.set_tag("team", "red")
print(run.info.run_id)
"""
READS = """
import sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
(run,) = client.search_runs([client.get_experiment_by_name("vision").experiment_id])
points = client.get_metric_history(run.info.run_id, "loss")
print(run.info.run_id, run.info.status, run.data.params["net"], run.data.tags["team"], len(points))
print(mlflow.artifacts.load_text(run.info.artifact_uri + "/notes/a.txt"))
"""


def run_python(program: str, argument: str, folder: Path) -> str:
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, argument],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("uri", ["mlruns", "file:mlruns", "file:./mlruns", "{folder}/mlruns"])
def test_a_script_logs_to_mlruns_however_it_is_named(tmp_path: Path, uri: str) -> None:
    run_id = run_python(SCRIPT, uri.format(folder=tmp_path), tmp_path).strip()
    run = open_store(tmp_path / "mlruns").get_run(run_id)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "first")
    assert run.data.params == {"lr": "0.1", "net": "resnet"}
    assert run.data.summaries["loss"].count == 10
    assert list(tmp_path.rglob("a.txt")) == list((tmp_path / "mlruns").glob("*/*/*/notes/a.txt"))
    assert not (tmp_path / ".tracker").exists()


def test_what_a_script_logged_is_seen_through_mlflows_own_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    uri = (tmp_path / "my runs" / "mlruns").as_uri()
    run_id = run_python(SCRIPT, uri, tmp_path).strip()
    assert run_python(READS, uri, tmp_path) == f"{run_id} FINISHED resnet red 10\nhello\n"


def test_the_kind_of_a_store_is_told_by_what_lies_there(tmp_path: Path) -> None:
    make_experiment(tmp_path / "renamed")
    for uri in (tmp_path / "renamed", str(tmp_path / "renamed"), (tmp_path / "renamed").as_uri()):
        store = open_store(uri)
        assert isinstance(store, MlrunsStore)
        assert open_store(store.uri) is store
    make_experiment(tmp_path / "trashed" / ".trash", "3", "gone")
    assert isinstance(open_store(tmp_path / "trashed"), MlrunsStore)
    assert isinstance(open_store(tmp_path / "any folder"), SqliteStore)
    ours = open_store(f"sqlite:///{tmp_path}/mine/mlruns/tracker.db")
    assert isinstance(ours, SqliteStore)
    assert open_store(tmp_path / "mine" / "mlruns") is ours


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        open_store(tmp_path / "mlruns", create=False)
    (tmp_path / "mlruns" / "0" / RUN / "artifacts").mkdir(parents=True)
    with pytest.raises(NotFound, match=r"mlflow\.db"):
        open_store(tmp_path / "mlruns", create=False)
    assert list((tmp_path / "mlruns").iterdir()) == [tmp_path / "mlruns" / "0"]


def test_the_panel_shows_an_mlruns_folder_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "mlruns"
    make_experiment(root)
    run = make_run(root)
    (run / "metrics" / "loss").write_text("1 0.5 0\n2 0.25 1\n")
    (run / "artifacts" / "a.txt").write_text("hello")
    monkeypatch.setenv("TRACKER_TRACKING_URI", str(root))
    service = Service(Places(tmp_path))
    experiments = service.experiments("")
    assert [it["name"] for it in experiments["experiments"]] == ["Default"]
    found = service.search_runs({"folder": "", "experiment_ids": None})
    assert [it["run_id"] for it in found["runs"]] == [RUN]
    assert found["runs"][0]["metrics"]["loss"]["count"] == 2
    series = service.history({"folder": "", "series": [{"run_id": RUN, "key": "loss"}]})
    assert series["series"][0]["values"] == [0.5, 0.25]
    files = service.artifacts("", RUN, "")["files"]
    assert [it["path"] for it in files] == ["a.txt"]
    revision = service.revision(service.places.store_uri(""))
    assert service.changes(service.places.store_uri(""), revision) == (revision, None)


def test_the_panel_shows_a_database_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    uri = new_database(tmp_path / "mlflow.db")
    open_their_store: Any = SqlAlchemyStore
    theirs = open_their_store(uri, str(tmp_path / "mlruns"))
    run_id = theirs.create_run("0", "ada", 1, [], "first").info.run_id
    theirs.engine.dispose()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert isinstance(open_store(uri), MlflowDatabase)
    service = Service(Places(tmp_path))
    assert [it["name"] for it in service.experiments("")["experiments"]] == ["Default"]
    found = service.search_runs({"folder": "", "experiment_ids": ["0"]})
    assert [it["run_id"] for it in found["runs"]] == [run_id]
