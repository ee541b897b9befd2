"""Backends are found by name: ours, those of other packages, and MLflow's plugins."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.projects.jobs import Said, job
from tracker.entities import RunStatus
from tracker.errors import InvalidValue, TrackerError
from tracker.projects.backends import open_backend

PACKAGE = """
import subprocess
from mlflow.projects.backend.abstract_backend import AbstractBackend
from mlflow.projects.submitted_run import LocalSubmittedRun
from tracker.projects.backends.local import LocalBackend

class Own(LocalBackend):
    "A backend of another package."

class Plugin(AbstractBackend):
    def run(self, project_uri, entry_point, params, version, backend_config, tracking_uri, id):
        if "fails" in backend_config:
            raise RuntimeError("no room in the orchard")
        run_id = backend_config.get("run_id", backend_config["_mlflow_local_backend_run_id"])
        words = [project_uri, entry_point, str(version), tracking_uri, id]
        line = f"echo {' '.join(words)} $MLFLOW_RUN_ID > out; " + backend_config["line"]
        process = subprocess.Popen(["bash", "-c", line], cwd=project_uri, start_new_session=True)
        return LocalSubmittedRun(run_id, process)

class Nothing:
    pass
"""
ENTRY_POINTS = """
[tracker.project_backends]
orchard = orchard_backends:Own
local = orchard_backends:Nothing
gone = orchard_backends:Gone

[mlflow.project_backend]
orchard = orchard_backends:Nothing
plugin = orchard_backends:Plugin
nothing = orchard_backends:Nothing
"""
ENDPOINT = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:4321", "MLFLOW_RUN_ID": "f" * 32}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with backends, as pip would have installed it."""
    folder = tmp_path / "site"
    info = folder / "orchard-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "orchard_backends.py").write_text(PACKAGE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: orchard\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "orchard_backends", raising=False)


@pytest.mark.parametrize("name", ["local", "dask", "docker", "kubernetes"])
def test_our_backends_are_there(name: str) -> None:
    assert type(open_backend(name)).__module__ == f"tracker.projects.backends.{name}"


def test_a_backend_of_another_package_is_found_but_never_in_place_of_ours(installed: None) -> None:
    assert type(open_backend("orchard")).__name__ == "Own"
    assert type(open_backend("local")).__name__ == "LocalBackend"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("orchid", "no backend 'orchid'.*Installed are: dask, docker, .*orchard"),
        ("gone", "'gone' cannot be loaded"),
        ("nothing", "Nothing has no method `run`"),
    ],
)
def test_a_backend_that_cannot_be_had_is_told(installed: None, name: str, complaint: str) -> None:
    with pytest.raises(InvalidValue, match=complaint):
        open_backend(name)


def test_a_job_runs_with_a_plugin_of_mlflow(installed: None, tmp_path: Path) -> None:
    wanted = job(tmp_path / "p", "unused", config={"line": "true"}, variables=ENDPOINT)
    handle = open_backend("plugin").submit(wanted, said := Said())
    assert handle.wait(60) is RunStatus.FINISHED
    written = (tmp_path / "p" / "out").read_text().split()
    assert written == [str(tmp_path / "p"), "main", "None", "http://127.0.0.1:4321", "0", "f" * 32]
    assert "MLFLOW_RUN_ID" not in os.environ
    assert said.text == ""


def test_a_plugin_that_logs_elsewhere_is_told_of(installed: None, tmp_path: Path) -> None:
    config: dict[str, object] = {"line": "exit 3", "run_id": "theirs"}
    wanted = job(tmp_path, "unused", config=config, variables=ENDPOINT)
    handle = open_backend("plugin").submit(wanted, said := Said())
    assert handle.wait(60) is RunStatus.FAILED
    assert said.text == "tracker: Plugin logs to a run of its own: theirs.\n"


def test_a_job_of_a_plugin_is_cancelled(installed: None, tmp_path: Path) -> None:
    wanted = job(tmp_path, "unused", config={"line": "sleep 1000"}, variables=ENDPOINT)
    handle = open_backend("plugin").submit(wanted, Said())
    assert handle.poll() is RunStatus.RUNNING
    handle.cancel()
    assert handle.poll() is RunStatus.KILLED


def test_a_plugin_that_fails_is_told(installed: None, tmp_path: Path) -> None:
    wanted = job(tmp_path, "unused", config={"fails": True}, variables=ENDPOINT)
    with pytest.raises(TrackerError, match="Plugin did not start the project: no room"):
        open_backend("plugin").submit(wanted, Said())
    assert "MLFLOW_RUN_ID" not in os.environ
