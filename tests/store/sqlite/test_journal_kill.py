"""SIGKILL at random moments takes no point whose call had returned.

`TRACKER_KILL_ROUNDS` sets how many moments are tried in all (40).
"""

from __future__ import annotations

import os
import random
import signal
import struct
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tracker.store.sqlite.journal import list_journals, read_header, read_journal
from tracker.store.sqlite.process import is_alive

ROUNDS = int(os.environ.get("TRACKER_KILL_ROUNDS", "40"))
CHILDREN = str(Path(__file__).with_name("journal_children.py"))
REPORT = struct.Struct("<II")


def kill_at_random(folder: Path, kind: str, threads: int, seed: int) -> dict[int, int]:
    """Log in another process, kill it, and return how many points each thread had logged."""
    moment = random.Random(seed).randrange(0, 600)
    command = [sys.executable, CHILDREN, "until_killed", str(folder), kind, str(threads)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        reports = process.stdout.read(REPORT.size * moment)
        process.send_signal(signal.SIGKILL)
        reports += process.stdout.read()
    assert process.returncode == -signal.SIGKILL
    assert len(reports) >= REPORT.size * moment
    whole = reports[: len(reports) // REPORT.size * REPORT.size]
    returned = dict.fromkeys(range(threads), 0)
    returned.update(REPORT.iter_unpack(whole))
    return returned


def steps_by_thread(folder: Path, threads: int) -> dict[int, list[int]]:
    """Return the steps in the journal of each thread, checked for order and content."""
    steps: dict[int, list[int]] = {thread: [] for thread in range(threads)}
    for path in list_journals(folder):
        for series, points in read_journal(path).points.items():
            assert all(a < b for a, b in pairwise(points.steps))
            assert list(points.values) == list(points.steps)
            steps[int(series.key[1 : series.key.index("/")])] += points.steps
    return steps


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("kind", ["mapped", "appended"])
def test_every_returned_point_survives_sigkill(tmp_path: Path, kind: str, threads: int) -> None:
    for seed in range(max(1, ROUNDS // 4)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        returned = kill_at_random(folder, kind, threads, seed)
        for thread, steps in steps_by_thread(folder, threads).items():
            assert sorted(steps) == list(range(len(steps)))
            assert len(steps) >= returned[thread]
        assert not any(is_alive(read_header(path).process, 0) for path in list_journals(folder))
