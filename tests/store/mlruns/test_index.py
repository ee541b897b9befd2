"""What was read once is not read again, and never told wrongly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.store.mlruns.folders import RUN, age, make_experiment, make_run
from tests.store.processes import PATIENCE
from tracker.entities import Dataset, DatasetInput
from tracker.store.mlruns import library
from tracker.store.mlruns.layout import ExperimentFolder
from tracker.store.mlruns.reading import Entry, read_run
from tracker.store.mlruns.store import MlrunsStore


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "mlruns"
    make_experiment(root)
    run = make_run(root)
    (run / "tags" / "note").write_text("one")
    (run / "params" / "lr").write_text("0.1")
    (run / "metrics" / "loss").write_text("1 0.5 0\n2 nan 1\n3 inf 2\n")
    make_run(root, "b" * 32, "")
    age(root)
    return root


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs whose folders are read, as it happens."""
    found: list[str] = []

    def counted(
        folder: ExperimentFolder, run_id: str, path: str, before: Entry | None = None
    ) -> Entry:
        found.append(run_id)
        return read_run(folder, run_id, path, before)

    monkeypatch.setattr(library, "read_run", counted)
    return found


def test_a_folder_is_read_once_for_all_processes(root: Path, reads: list[str]) -> None:
    first = MlrunsStore(root)
    runs = first.search_runs(None)
    problems = first.problems()
    assert sorted(reads) == [RUN, "b" * 32]
    first.search_runs(None)
    second = MlrunsStore(root)  # as in another process
    assert repr(second.search_runs(None)) == repr(runs)
    assert second.problems() == problems != {}
    assert len(reads) == 2


def test_a_run_with_data_sets_reads_back_from_the_index_as_it_was(
    root: Path, reads: list[str]
) -> None:
    store = MlrunsStore(root)
    given = DatasetInput(Dataset("digits", "abc", "local", "/d", "{}", None), {"how": "training"})
    store.log_inputs(RUN, [given])
    age(root)
    assert MlrunsStore(root).get_run(RUN).inputs.dataset_inputs == (given,)
    MlrunsStore(root).search_runs(None)
    count = len(reads)
    assert MlrunsStore(root).get_run(RUN).inputs.dataset_inputs == (given,)
    assert len(reads) == count


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("tags/note", "two", {"note": "two"}),
        ("tags/new", "x", {"note": "one", "new": "x"}),
        ("tags/deep/er", "x", {"note": "one", "deep/er": "x"}),
    ],
)
def test_whatever_others_change_is_read_again(
    root: Path, name: str, text: str, expected: dict[str, str]
) -> None:
    store = MlrunsStore(root)
    store.search_runs(None)
    write(root / "0" / RUN / name, text)
    assert store.search_runs(None)[0].data.tags == expected
    assert MlrunsStore(root).search_runs(None)[0].data.tags == expected


def test_new_params_points_and_ends_are_read_again(root: Path) -> None:
    store = MlrunsStore(root)
    store.search_runs(None)
    run = root / "0" / RUN
    with (run / "metrics" / "loss").open("a") as file:
        file.write("9 -1.0 9\n")
    assert store.get_run(RUN).data.summaries["loss"].count == 4
    assert store.get_run(RUN).data.metrics["loss"] == -1.0
    write(run / "params" / "net" / "depth", "3")
    assert store.get_run(RUN).data.params == {"lr": "0.1", "net/depth": "3"}
    write(run / "meta.yaml", (run / "meta.yaml").read_text().replace("status: 3", "status: 4"))
    assert store.get_run(RUN).info.status == "FAILED"
    write(run / "metrics" / "loss", "1 7 0\n")
    assert store.get_run(RUN).data.summaries["loss"].max == 7.0
    shutil.rmtree(run)
    assert len(store.search_runs(None)) == 0


def test_two_changes_within_one_tick_of_the_clock_are_both_seen(root: Path) -> None:
    store = MlrunsStore(root)
    note = root / "0" / RUN / "tags" / "note"
    at = time.time_ns()
    for text in ("two", "six", "ten"):
        note.write_text(text)
        os.utime(note, ns=(at, at))
        assert store.get_run(RUN).data.tags["note"] == text


@pytest.mark.parametrize("damage", [b"", b"This is a diary. " * 1000])
def test_a_damaged_index_is_only_slower(root: Path, cache: Path, damage: bytes) -> None:
    expected = repr(MlrunsStore(root).search_runs(None))
    (index,) = cache.rglob("*.db")
    index.write_bytes(damage)
    assert repr(MlrunsStore(root).search_runs(None)) == expected
    assert repr(MlrunsStore(root).search_runs(None)) == expected


def test_where_no_index_can_be_kept_all_works(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    store = MlrunsStore(root)
    assert store.search_runs(None)[0].data.params == {"lr": "0.1"}
    store.update_run(store.create_run("0").info.run_id, status="FINISHED")


def test_the_index_lies_outside_of_the_folder_and_is_closed_to_others(
    root: Path, cache: Path
) -> None:
    MlrunsStore(root).search_runs(None)
    (index,) = cache.rglob("*.db")
    assert index.parent.stat().st_mode & 0o077 == 0
    assert list(root.rglob("*.db")) == []


def test_what_others_write_becomes_a_change(root: Path) -> None:
    store = MlrunsStore(root)
    start = store.changes().revision
    assert store.changes(start).run_ids == ()
    write(root / "0" / RUN / "tags" / "note", "two")
    make_experiment(root, "3", "three")
    seen: set[str] = set()
    deadline = time.monotonic() + PATIENCE
    while RUN not in seen:
        assert time.monotonic() < deadline, "no change was noticed"
        changes = store.changes(start)
        seen.update(changes.run_ids)
        time.sleep(0.005)
    assert changes.experiments_changed
    assert store.changes(changes.revision).run_ids == ()
    assert store.changes(changes.revision + 99).experiments_changed  # of another process's counting


CHILD = """
import sys, time
from tracker.store import open_store
store = open_store(sys.argv[1])
run = store.create_run("0").info.run_id
store.log_metric(run, "loss", 1.0, 1, 1)
print(run, flush=True)
sys.stdin.readline()
"""


def test_our_runs_whose_process_is_gone_are_killed_and_those_of_mlflow_left(root: Path) -> None:
    meta = (root / "0" / RUN / "meta.yaml").read_text()
    write(root / "0" / RUN / "meta.yaml", meta.replace("status: 3", "status: 1"))
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None and child.stdin is not None
    run_id = child.stdout.readline().strip()
    assert MlrunsStore(root).get_run(run_id).info.status == "RUNNING"
    child.kill()
    child.communicate()
    run = MlrunsStore(root).get_run(run_id)
    assert run.info.status == "KILLED"
    assert run.info.end_time is not None
    assert abs(run.info.end_time - time.time() * 1000) < 60_000
    assert run.data.metrics == {"loss": 1.0}
    assert MlrunsStore(root).get_run(RUN).info.status == "RUNNING"
    assert json.dumps("status: 5")[1:-1] in (root / "0" / run_id / "meta.yaml").read_text()
