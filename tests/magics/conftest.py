"""A shell of IPython's own inside this process, with tracker loaded, recording to `tmp_path`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from traitlets.config import Config

import tracker
from tracker.artifacts import open_artifacts
from tracker.capture import session as capture_session
from tracker.entities import Run
from tracker.magics import load_ipython_extension, unload_ipython_extension
from tracker.magics.background import background
from tracker.store import Store
from tracker.tracking import active, losses, session

RunCell = Callable[..., ExecutionResult]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store in `tmp_path/.tracker`, which the working directory's cells record to."""
    for name in [*os.environ]:
        if name.startswith(("MLFLOW_", "TRACKER_", "JPY_SESSION_NAME")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    session.forget_experiment()
    tracker.set_tracking_uri(tmp_path / ".tracker")
    yield session.current_store()
    for run in active.opened_here():
        active.end(run, "FINISHED")
    background.wait(10)
    losses.forget_all()
    session.forget_experiment()
    tracker.set_tracking_uri(None)


@pytest.fixture
def bare_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell without tracker. It is the one that `get_ipython()` gives."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setattr(capture_session, "_current", None)
    streams = sys.stdout, sys.stderr
    config = Config(
        {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}
    )
    shell = InteractiveShell.instance(config=config)
    yield shell
    unload_ipython_extension(shell)
    InteractiveShell.clear_instance()
    assert (sys.stdout, sys.stderr) == streams


@pytest.fixture
def shell(bare_shell: InteractiveShell, store: Store) -> InteractiveShell:
    """A shell with tracker loaded."""
    load_ipython_extension(bare_shell)
    return bare_shell


@pytest.fixture
def run_cell(shell: InteractiveShell) -> RunCell:
    """Run a cell as a notebook does; give `cell_id` to say which one it is."""
    return cell_runner(shell)


def cell_runner(shell: InteractiveShell) -> RunCell:
    """Return what runs cells in this shell, as a notebook does."""

    def run(source: str, cell_id: str | None = None) -> ExecutionResult:
        result: ExecutionResult = shell.run_cell(  # type: ignore[no-untyped-call]
            source, store_history=True, cell_id=cell_id
        )
        return result

    return run


def runs_in(store: Store) -> list[Run]:
    """Return every run, oldest first."""
    return list(store.search_runs(None, order_by=["attributes.start_time ASC"]))


def only_run(store: Store) -> Run:
    """Return the one run that there is."""
    (run,) = runs_in(store)
    return run


def artifact(run: Run, path: str) -> str:
    """Return a text file of the run."""
    with open_artifacts(run.info.artifact_uri).open(path) as file:
        return file.read().decode()


def has_artifact(run: Run, path: str) -> bool:
    """Return whether the run has that file."""
    return open_artifacts(run.info.artifact_uri).is_file(path)
