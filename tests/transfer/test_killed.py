"""A copying that is killed at any moment is finished by the next one, nothing there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.transfer.filling import fill, log_many, whole
from tracker.store import open_store
from tracker.transfer import Outcome, copy_runs, open_source, open_target
from tracker.transfer.folder import ExportFolder
from tracker.transfer.mlruns_folder import open_mlruns
from tracker.transfer.targets import Target

RUNS = 24
CHILD = """
import sys
from pathlib import Path
from tests.transfer.test_killed import opened
from tracker.transfer import copy_runs, open_source

class Tell:
    def begin(self, total): pass
    def next_run(self, run): print("next", flush=True)
    def done(self, item): pass

copy_runs(open_source(sys.argv[1]), opened(sys.argv[2], Path(sys.argv[3])), progress=Tell())
print("end", flush=True)
"""


def opened(kind: str, folder: Path) -> Target:
    if kind == "tracker":
        return open_target(open_store(folder))
    return open_mlruns(folder) if kind == "mlruns" else ExportFolder(folder)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source") / ".tracker"
    fill(open_store(folder), RUNS)
    return folder


def copy_and_kill(source: Path, kind: str, folder: Path, after: int, delay: float) -> bool:
    """Kill a copying `delay` seconds into a run; return whether it had ended before."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(source), kind, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(["python", "."])},
    )
    assert child.stdout is not None
    for _ in range(after):
        child.stdout.readline()
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    rest = child.communicate()[0]
    return "end" in rest


@pytest.mark.parametrize("kind", ["tracker", "mlruns", "json"])
def test_what_was_killed_is_finished_by_doing_it_again(
    source: Path, tmp_path: Path, kind: str
) -> None:
    expected = whole(open_store(source))
    folder = tmp_path / "t"
    for after, delay in ((3, 0.0), (7, 0.002), (12, 0.004)):
        assert not copy_and_kill(source, kind, folder, after, delay)
    report = copy_runs(open_source(source), opened(kind, folder))
    assert report.is_complete, report.as_record()
    assert report.count(Outcome.COPIED) + report.count(Outcome.EQUAL) == RUNS
    assert report.count(Outcome.EQUAL) >= 8
    report = copy_runs(open_source(source), opened(kind, folder))
    assert report.count(Outcome.EQUAL) == RUNS
    if kind == "json":
        copy_runs(open_source(folder), open_target(open_store(tmp_path / "back")))
        folder = tmp_path / "back"
    assert whole(open_store(folder)) == expected


MEASURE = """
import resource, sys
from pathlib import Path
from tests.transfer.test_killed import opened
from tracker.transfer import copy_runs, open_source
import numpy
source, target = open_source(sys.argv[1]), opened(sys.argv[2], Path(sys.argv[3]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert copy_runs(source, target).is_complete
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def used(source: Path, kind: str, folder: Path) -> int:
    """Return by how many MB the memory of a process grows while it copies."""
    result = subprocess.run(
        [sys.executable, "-c", MEASURE, str(source), kind, str(folder)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(["python", "."])},
        check=True,
    )
    return int(result.stdout) // 1024


def test_a_million_points_are_copied_in_bounded_memory(tmp_path: Path) -> None:
    store = open_store(tmp_path / ".tracker")
    run_id = store.create_run("0").info.run_id
    for key in ("loss", "acc"):
        log_many(store, run_id, key, 500_000)
    store.update_run(run_id, status="FINISHED")
    # The points alone are 24 MB, as Python's numbers they would be 100.
    assert used(tmp_path / ".tracker", "mlruns", tmp_path / "m") < 100
    assert used(tmp_path / "m", "tracker", tmp_path / "t") < 100
    copy = open_store(tmp_path / "t")
    assert copy.get_run(run_id).data.summaries["acc"].count == 500_000
    assert copy.metric_history(run_id, "acc").values[-1] == 499_999 * 0.5
