"""What others do to a folder is told, and a folder that lies still costs next to nothing."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.mlruns.folders import RUN, age, make_experiment, make_run
from tests.store.processes import PATIENCE
from tracker.store.mlruns import marks, watching
from tracker.store.mlruns.store import MlrunsStore

OTHER = "b" * 32


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "mlruns"
    make_experiment(root)
    for run_id in (RUN, OTHER):
        run = make_run(root, run_id)
        (run / "tags" / "note").write_text("one")
        (run / "metrics" / "loss").write_text("1 0.5 0\n")
    age(root)
    return root


def eventually(store: MlrunsStore, since: int, run_id: str) -> int:
    """Return the revision at which a run is told to have changed, and no other run."""
    deadline = time.monotonic() + PATIENCE
    while True:
        changes = store.changes(since)
        if changes.run_ids:
            assert changes.run_ids == (run_id,)
            return changes.revision
        assert time.monotonic() < deadline, "no change was noticed"
        time.sleep(0.005)


def append(path: Path) -> None:
    with path.open("a") as file:
        file.write("2 0.25 1\n")


@pytest.mark.parametrize(
    "change",
    [
        lambda run: append(run / "metrics" / "loss"),
        lambda run: (run / "tags" / "note").write_text("two"),
        lambda run: (run / "params" / "lr").write_text("0.1"),
        lambda run: os.utime(run / "meta.yaml"),
    ],
)
def test_a_change_of_any_file_of_a_quiet_run_is_told(
    root: Path, change: Callable[[Path], object]
) -> None:
    store = MlrunsStore(root)
    start = store.changes().revision
    change(root / "0" / RUN)
    middle = eventually(store, start, RUN)
    append(root / "0" / RUN / "metrics" / "loss")  # busy now, and told as well
    eventually(store, middle, RUN)


def test_new_and_removed_runs_are_told_at_once(root: Path) -> None:
    store = MlrunsStore(root)
    start = store.changes().revision
    make_run(root, "c" * 32)
    changes = store.changes(start)
    assert changes.run_ids == ("c" * 32,)
    shutil.rmtree(root / "0" / OTHER)
    assert store.changes(changes.revision).run_ids == (OTHER,)
    shutil.rmtree(root / "0")
    changes = store.changes(changes.revision)
    assert {RUN, "c" * 32} <= set(changes.run_ids)
    assert changes.experiments_changed


def test_while_nothing_changes_no_file_of_a_run_is_looked_at(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "SHARES", dict.fromkeys(watching.SHARES, 10**9))
    store = MlrunsStore(root)
    revision = store.changes().revision
    store.changes(revision)
    looked_at: list[str] = []

    def counted(path: str) -> marks.Mark:
        looked_at.append(path)
        return mark(path)

    mark = marks.mark
    monkeypatch.setattr(marks, "mark", counted)
    for _ in range(10):
        assert store.changes(revision).run_ids == ()
        store.notice_dead_runs()
    assert [path for path in looked_at if RUN in path or OTHER in path] == []
