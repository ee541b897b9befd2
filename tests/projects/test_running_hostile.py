"""Projects that will not end, that print without end, and programs that die while one runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import tracker
from tests.projects.runs import artifact, is_alive, project, store, wait_until, written_pids
from tracker.entities import RunStatus
from tracker.projects.log import HEAD, TAIL
from tracker.projects.submitted import SubmittedRun
from tracker.store import Store

__all__ = ["store"]

STUBBORN = """
    import os, signal, sys, time

    def note():
        with open("pids", "a") as file:
            file.write(f"{os.getpid()}\\n")

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()                      # leaves the process group and the session
        if os.fork() == 0:               # and its parent, who ends at once
            note()
            time.sleep(600)
        os._exit(0)
    note()
    time.sleep(600)
"""


def started_stubborn(folder: Path) -> tuple[SubmittedRun, list[int]]:
    """Start a project that forks, leaves its session and ignores SIGTERM; return its processes."""
    project(folder, main__py=STUBBORN)
    submitted = tracker.projects.run(str(folder), "main.py", synchronous=False)
    return submitted, written_pids(folder / "pids", 2)


def test_cancel_ends_every_process_of_a_project_that_ignores_it(
    store: Store, tmp_path: Path
) -> None:
    submitted, pids = started_stubborn(tmp_path / "stubborn")
    submitted.cancel()
    assert submitted.get_status() is RunStatus.KILLED
    assert not any(map(is_alive, pids))
    run = store.get_run(submitted.run_id)
    assert (run.info.status, run.data.tags["tracker.error"]) == ("KILLED", "Cancelled")
    submitted.cancel()  # again does nothing


def test_a_tag_of_its_run_cancels_a_project_from_anywhere(store: Store, tmp_path: Path) -> None:
    folder = project(tmp_path / "long", main__py="import time; time.sleep(600)")
    submitted = tracker.projects.run(str(folder), "main.py", synchronous=False)
    wait_until(lambda: submitted.poll() is RunStatus.RUNNING, "the start")
    store.log_batch(submitted.run_id, tags={"tracker.cancel": "from JupyterLab"})
    submitted.wait(60)
    run = store.get_run(submitted.run_id)
    assert (run.info.status, run.data.tags["tracker.error"]) == (
        "KILLED",
        "Cancelled from JupyterLab",
    )
    assert "tracker.cancel" not in run.data.tags


SLOW_CONDA = """#!{python} -I
import os, time
open({pids!r}, "w").write(f"{{os.getpid()}}\\n")
time.sleep(600)
"""


def test_a_tag_of_its_run_cancels_a_project_while_its_environment_is_made(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conda = tmp_path / "conda" / "bin" / "conda"
    conda.parent.mkdir(parents=True)
    conda.write_text(SLOW_CONDA.format(python=sys.executable, pids=str(tmp_path / "pids")))
    conda.chmod(0o755)
    monkeypatch.setenv("MLFLOW_CONDA_HOME", str(tmp_path / "conda"))
    monkeypatch.setenv("TRACKER_ENV_ROOT", str(tmp_path / "environments"))
    folder = project(tmp_path / "p", main__py="", conda__yaml="dependencies: [python]")
    submitted = tracker.projects.run(folder, "main.py", env_manager="conda", synchronous=False)
    (installer,) = written_pids(tmp_path / "pids", 1)
    store.log_batch(submitted.run_id, tags={"tracker.cancel": "from JupyterLab"})
    submitted.wait(60)
    assert (submitted.poll(), submitted.reason) == (RunStatus.KILLED, "Cancelled from JupyterLab")
    assert not is_alive(installer)


def test_an_interrupt_of_the_one_who_waits_cancels_the_run(store: Store, tmp_path: Path) -> None:
    folder = project(
        tmp_path / "long",
        main__py="import os, time; open('pids', 'w').write(str(os.getpid())); time.sleep(600)",
    )

    def interrupt() -> None:
        written_pids(folder / "pids", 1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        tracker.projects.run(str(folder), "main.py")
    (run,) = store.search_runs(None)
    assert run.info.status == "KILLED"
    assert not is_alive(int((folder / "pids").read_text()))


PROGRAM = """
import sys, tracker
submitted = tracker.projects.run(sys.argv[1], "main.py", synchronous=sys.argv[2] == "waits")
print(submitted.run_id, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("waits", [True, False])
def test_a_program_that_is_killed_takes_along_only_the_runs_it_waits_for(
    store: Store, tmp_path: Path, waits: bool
) -> None:
    source = """
        import os, time
        from pathlib import Path
        Path("pids").write_text(str(os.getpid()))
        while not Path("go").exists():
            time.sleep(0.02)
        import tracker
        tracker.log_metric("late", 1)
    """
    folder = project(tmp_path / "any", main__py=source)
    starting = [sys.executable, "-c", PROGRAM, str(folder), "waits" if waits else "goes on"]
    program = subprocess.Popen(starting, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    (pid,) = written_pids(folder / "pids", 1)
    program.kill()
    program.communicate()
    (run,) = store.search_runs(None)
    if not waits:
        assert run.info.status == "RUNNING"
        (folder / "go").touch()
    wait_until(
        lambda: store.get_run(run.info.run_id).info.status != "RUNNING", "the end of the run"
    )
    run = store.get_run(run.info.run_id)
    if waits:
        assert run.info.status == "KILLED"
        assert "ended before it did" in run.data.tags["tracker.error"]
        assert not is_alive(pid)
    else:
        wait_until(lambda: not is_alive(pid), "the end of the project")
        assert store.get_run(run.info.run_id).data.metrics == {"late": 1.0}


def peak_memory(pid: int) -> int:
    """Return the most memory that a process has used, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def test_a_gigabyte_of_output_needs_little_memory_and_keeps_both_ends(
    store: Store, tmp_path: Path
) -> None:
    folder = project(
        tmp_path / "flood",
        flood__sh="echo first; head -c 1000000000 /dev/zero | tr '\\0' 'x'; echo; echo last\n"
        "while [ ! -e go ]; do sleep 0.05; done\n",
    )
    submitted = tracker.projects.run(str(folder), "flood.sh", synchronous=False)
    wait_until(lambda: submitted.log.endswith("last\n"), "the end of the flood")
    process = submitted._process
    assert process is not None
    used = peak_memory(process.pid)
    (folder / "go").touch()
    assert submitted.wait(60)

    kept = artifact(store.get_run(submitted.run_id), "project/log.txt")
    assert kept.startswith(b"first\nxxx")
    assert kept.endswith(b"xxx\nlast\n")
    assert len(kept) < HEAD + TAIL + 70_000
    assert b"[tracker: 99" in kept
    told = store.get_run(submitted.run_id).data.tags["tracker.log.left_out"]
    assert told.endswith("of 1,000,000,012 bytes")
    assert used < 200_000_000
    assert len(submitted.log) < HEAD + TAIL + 70_000


def test_what_a_project_leaves_running_ends_with_it(store: Store, tmp_path: Path) -> None:
    source = """
        import os, subprocess, sys
        left = subprocess.Popen(["sleep", "600"], start_new_session=True)
        with open("pids", "w") as file:
            file.write(f"{left.pid}")
        print("done")
    """
    folder = project(tmp_path / "messy", main__py=source)
    submitted = tracker.projects.run(str(folder), "main.py")
    assert not is_alive(int((folder / "pids").read_text()))
    assert submitted.log == "done\ntracker: Ended 1 process that the project left running.\n"


def test_a_run_that_waits_for_its_turn_is_cancelled_at_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_PROJECTS_MAX_PARALLEL", "1")
    folder = project(tmp_path / "long", main__py="import time; time.sleep(600)")
    first, second = (
        tracker.projects.run(str(folder), "main.py", synchronous=False) for _ in range(2)
    )
    wait_until(lambda: RunStatus.RUNNING in (first.poll(), second.poll()), "the first")
    running, waiting = (first, second) if first.poll() is RunStatus.RUNNING else (second, first)
    waiting.cancel()
    assert (waiting.poll(), running.poll()) == (RunStatus.KILLED, RunStatus.RUNNING)
    assert store.get_run(waiting.run_id).info.status == "KILLED"
    running.cancel()
    assert running.poll() is RunStatus.KILLED


def test_the_death_of_what_watches_over_a_run_ends_the_run(store: Store, tmp_path: Path) -> None:
    submitted, pids = started_stubborn(tmp_path / "stubborn")
    assert submitted._process is not None
    submitted._process.kill()
    assert not submitted.wait(60)
    run = store.get_run(submitted.run_id)
    assert run.info.status in ("FAILED", "KILLED")
    wait_until(lambda: not any(map(is_alive, pids)), "the end of what the project had started")
