"""Journals between processes, threads and signals, and on a disk without space."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.store.sqlite.journal_points import log_numbered, steps_read
from tracker.store.sqlite.journal import (
    JournalClosed,
    Series,
    SummaryFolder,
    create_journal,
    list_journals,
    read_journal,
)

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="forks, or sends signals")
CHILDREN = str(Path(__file__).with_name("journal_children.py"))


@pytest.fixture(params=["mapped", "appended"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run_child(name: str, folder: Path, kind: str) -> list[str]:
    command = [sys.executable, CHILDREN, name, str(folder), kind]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    return done.stdout.split()


def test_a_reader_always_sees_a_prefix_of_what_another_process_logs(
    tmp_path: Path, kind: str
) -> None:
    command = [sys.executable, CHILDREN, "many", str(tmp_path), kind]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        path = Path(process.stdout.readline().strip())
        folder = SummaryFolder(path)
        process.stdin.write("\n")
        process.stdin.flush()
        offset, definitions, pages = 0, None, 0
        steps: dict[str, list[int]] = {"a": [], "b": [], "c": []}
        deadline = time.monotonic() + 120
        while len(steps["a"]) + len(steps["b"]) < 300_000 and time.monotonic() < deadline:
            page = read_journal(path, offset, definitions)
            offset, definitions = page.next_offset, page.definitions
            for series, points in page.points.items():
                steps[series.key] += points.steps
            pages += bool(page.points)
            folder.advance()
            logged = len(steps["a"]) + len(steps["b"])
            assert steps["a"] == [i for i in range(logged) if i % 3]
            assert steps["b"] == list(range(0, logged, 3))
    assert process.returncode == 0
    assert pages > 1
    assert steps["c"] == [0]
    folder.advance()
    assert {key: summary.count for key, summary in folder.summaries.items()} == {
        key: len(logged) for key, logged in steps.items()
    }


def test_threads_share_a_writer_without_holes(tmp_path: Path, kind: str) -> None:
    writer = create_journal(tmp_path, "run", kind == "mapped")

    def log(thread: int) -> None:
        for step in range(5_000):
            writer.log(f"t{thread}/{step // 1000}", 0.0, 0, step)

    threads = [threading.Thread(target=log, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page = read_journal(writer.path)
    assert not page.torn
    assert len(page.definitions) == 20
    for series, points in page.points.items():
        start = 1000 * int(series.key[-1])
        assert list(points.steps) == list(range(start, start + 1000))
    assert len(page) == 20_000


def test_a_writer_closed_under_other_threads_keeps_what_had_returned(
    tmp_path: Path, kind: str
) -> None:
    writer = create_journal(tmp_path, "run", kind == "mapped")
    returned = [0, 0]

    def log(thread: int) -> None:
        while not writer.closed:
            try:
                writer.log(f"t{thread}", 0.0, 0, returned[thread])
            except JournalClosed:
                return
            returned[thread] += 1

    threads = [threading.Thread(target=log, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 60
    while min(returned) < 500 and time.monotonic() < deadline:
        time.sleep(0)
    writer.close()
    for thread in threads:
        thread.join()
    points = read_journal(writer.path).points
    assert [len(points[Series(f"t{i}")]) for i in range(2)] == returned


@posix_only
def test_a_forked_child_writes_to_its_own_journal_only(tmp_path: Path, kind: str) -> None:
    run_child("fork", tmp_path, kind)
    pages = [read_journal(path) for path in list_journals(tmp_path, "run")]
    steps = sorted(list(page.points[Series("m")].steps) for page in pages)
    assert steps == [[1, 3]] + [[2]] * 20
    assert not any(page.torn for page in pages)
    assert len({page.header.process for page in pages}) == 21


@posix_only
def test_a_signal_handler_may_log_while_its_thread_does(tmp_path: Path, kind: str) -> None:
    logged, handled, path = run_child("signals", tmp_path, kind)
    steps: dict[str, list[int]] = {"m": [], "h": []}
    page = read_journal(Path(path))
    for series, points in page.points.items():
        steps[series.key[0]] += points.steps
    assert not page.torn
    assert sorted(steps["m"]) == list(range(int(logged)))
    assert sorted(steps["h"]) == list(range(int(handled)))


@posix_only
def test_interrupts_lose_no_returned_point_and_leave_no_hole(tmp_path: Path, kind: str) -> None:
    logged, path = run_child("interrupts", tmp_path, kind)
    page = read_journal(Path(path))
    assert not page.torn
    assert sorted(set(steps_read(Path(path)))) == list(range(int(logged)))
    # A point is twice there only where the interrupt came after it was stored.
    assert len(page) - int(logged) <= 1000


@posix_only
def test_without_space_a_point_is_refused_and_logging_goes_on_later(
    tmp_path: Path, kind: str
) -> None:
    logged, path = run_child("no_space", tmp_path, kind)
    assert not read_journal(Path(path)).torn
    assert steps_read(Path(path)) == list(range(int(logged)))


def test_a_journal_of_a_removed_folder_takes_points_still(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    writer = create_journal(folder, "run", kind == "mapped")
    log_numbered(writer, 10)
    writer.path.unlink()
    folder.rmdir()
    log_numbered(writer, 10_000)
    writer.close()
