"""Projects for tests, a store for their runs, and what is left of their processes."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import tracker
from tracker.artifacts import open_artifacts
from tracker.entities import Run
from tracker.store import Store
from tracker.tracking import active, session

PATIENCE = 180.0


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store in `tmp_path/.tracker`; nothing of the person who runs the tests is remembered."""
    for name in [*os.environ]:
        if name.startswith(("MLFLOW_", "TRACKER_", "JPY_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    session.forget_experiment()
    tracker.set_tracking_uri(tmp_path / ".tracker")
    opened = session.current_store()
    yield opened
    for left in opened.search_runs(None, filter_string="attributes.status = 'RUNNING'"):
        # Left by a test that failed: whoever watches over it ends it.
        opened.log_batch(left.info.run_id, tags={"tracker.cancel": "after a failed test"})
    for run in active.opened_here():
        active.end(run, "FINISHED")
    session.forget_experiment()
    tracker.set_tracking_uri(None)


def project(folder: Path, mlproject: str = "", **files: str) -> Path:
    """Write a project: its MLproject, and scripts by their names with `__` for the dot."""
    folder.mkdir(parents=True, exist_ok=True)
    if mlproject:
        (folder / "MLproject").write_text(textwrap.dedent(mlproject))
    for name, source in files.items():
        (folder / name.replace("__", ".")).write_text(textwrap.dedent(source))
    return folder


def artifact(run: Run, path: str) -> bytes:
    """Return a file of the run."""
    with open_artifacts(run.info.artifact_uri).open(path) as file:
        return file.read()


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Wait for something, and fail where it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"waited for {what} in vain"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether a process is there and not only waiting to be reaped."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat[stat.rindex(")") + 2] not in "ZX"


def written_pids(file: Path, count: int) -> list[int]:
    """Wait until so many processes have written their ids, a line each, and return them."""
    found: list[int] = []

    def are_there() -> bool:
        found[:] = [int(line) for line in file.read_text().split()] if file.exists() else []
        return len(found) >= count

    wait_until(are_there, f"{count} processes")
    return found
