"""Jobs on a real Dask cluster: a scheduler and two worker processes on this machine."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import distributed
import psutil
import pytest

from tests.projects.jobs import Said, job
from tests.projects.runs import PATIENCE
from tracker.entities import RunStatus
from tracker.errors import InvalidValue, TrackerError
from tracker.projects.backends import open_backend
from tracker.projects.backends.base import Handle, Job
from tracker.projects.backends.dask_worker import Looks
from tracker.projects.model import Environment, EnvManager


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Start a scheduler and two workers, and give the scheduler's address."""
    start: Any = distributed.LocalCluster
    options = {"n_workers": 2, "threads_per_worker": 2, "dashboard_address": "127.0.0.1:0"}
    with start(processes=True, **options) as running:
        yield running.scheduler_address


@pytest.fixture
def config(scheduler: str) -> dict[str, object]:
    return {"scheduler": scheduler}


def submit(wanted: Job) -> tuple[Handle, Said]:
    said = Said()
    return open_backend("dask").submit(wanted, said), said


def start(words: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words, stderr=subprocess.DEVNULL)


def until_gone(pid: int, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    with contextlib.suppress(psutil.NoSuchProcess):  # it may go between two looks
        while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_a_job_runs_on_a_worker_and_its_output_comes_back_while_it_runs(
    config: dict[str, object], tmp_path: Path
) -> None:
    go_on = tmp_path / "go-on"
    line = (
        f"pwd; echo $PPID $A $B; printf 'h\\303\\251'; while [ ! -e {go_on} ]; do sleep .05; done"
    )
    environment = Environment(EnvManager.LOCAL, "export A=active", variables={"A": "a", "B": "b"})
    wanted = job(tmp_path, line, config=config, variables={"B": "c"}, environment=environment)
    handle, said = submit(wanted)
    said.wait_for("hé")
    assert handle.wait(0) is RunStatus.RUNNING
    go_on.touch()
    assert handle.wait(PATIENCE) is RunStatus.FINISHED
    folder, words, last = said.text.split("\n")
    assert (folder, last) == (str(tmp_path), "hé")
    parent, *values = words.split()
    assert int(parent) != os.getpid()
    assert values == ["active", "c"]
    assert handle.reason() is None


def test_jobs_run_on_both_workers_at_once(config: dict[str, object], tmp_path: Path) -> None:
    handles = []
    for number in range(4):
        ours, all_there = tmp_path / f"{number}", f"ls {tmp_path} | wc -l"
        line = f"touch {ours}; while [ $({all_there}) -lt 4 ]; do sleep .05; done"
        handles.append(submit(job(tmp_path, line, config=config))[0])
    assert [handle.wait(PATIENCE) for handle in handles] == [RunStatus.FINISHED] * 4


def test_a_failed_job_says_why(config: dict[str, object], tmp_path: Path) -> None:
    handle, said = submit(job(tmp_path, "echo before; exit 3", config=config))
    assert handle.wait(PATIENCE) is RunStatus.FAILED
    assert handle.reason() == "exit code 3"
    assert said.text == "before\n"


def test_much_output_arrives_whole(config: dict[str, object], tmp_path: Path) -> None:
    handle, said = submit(job(tmp_path, "seq 200000", config=config))
    assert handle.wait(PATIENCE) is RunStatus.FINISHED
    assert said.text == "".join(f"{number}\n" for number in range(1, 200_001))


def test_cancel_ends_the_whole_tree_on_the_worker(
    config: dict[str, object], tmp_path: Path
) -> None:
    line = "trap '' TERM; (trap '' TERM; setsid sleep 1000) & echo $$ $!; sleep 1000; sleep 1000"
    handle, said = submit(job(tmp_path, line, config=config))
    said.wait_for("\n")
    pids = [int(word) for word in said.text.split()]
    below = [child.pid for pid in pids for child in psutil.Process(pid).children(recursive=True)]
    handle.cancel()
    assert handle.poll() is RunStatus.KILLED
    for pid in {*pids, *below}:
        until_gone(pid)
    handle.cancel()


def test_a_job_that_waits_for_a_worker_is_cancelled_at_once(
    config: dict[str, object], tmp_path: Path
) -> None:
    wanted = {**config, "resources": {"GPU": 1}}
    handle, said = submit(job(tmp_path, "echo no", config=wanted))
    assert handle.wait(0.5) is RunStatus.SCHEDULED
    handle.cancel()
    assert handle.poll() is RunStatus.KILLED
    assert said.text == ""


def test_a_job_whose_worker_dies_fails_and_is_not_run_again(
    config: dict[str, object], tmp_path: Path
) -> None:
    line = f"echo x >> {tmp_path}/starts; echo $$ $PPID; sleep 1000"
    handle, said = submit(job(tmp_path, line, config=config))
    said.wait_for("\n")
    shell, guard = map(int, said.text.split())
    worker = psutil.Process(guard).parent()
    assert worker
    worker.kill()
    assert handle.wait(PATIENCE) is RunStatus.FAILED
    assert handle.reason() == "the Dask worker that ran it was lost"
    until_gone(shell)
    assert (tmp_path / "starts").read_text() == "x\n"


def test_the_loss_of_the_only_worker_that_suits_is_noticed(
    config: dict[str, object], scheduler: str, tmp_path: Path
) -> None:
    words = [sys.executable, "-m", "dask", "worker", scheduler, "--no-nanny", "--no-dashboard"]
    worker = start([*words, "--resources", "ALONE=1"])
    try:
        alone = {**config, "resources": {"ALONE": 1}}
        handle, said = submit(job(tmp_path, "echo up; sleep 1000", config=alone))
        said.wait_for("\n")
    finally:
        worker.kill()
        worker.wait()
    assert handle.wait(PATIENCE) is RunStatus.FAILED
    assert handle.reason() == "the Dask worker that ran it was lost"


def test_a_job_nobody_waits_for_any_more_ends(config: dict[str, object], tmp_path: Path) -> None:
    handle, said = submit(job(tmp_path, "echo $$; sleep 1000", config=config))
    said.wait_for("\n")
    handle._client.close()  # type: ignore[attr-defined]  # as if this process had died
    until_gone(int(said.text))
    assert handle.wait(PATIENCE) is RunStatus.FAILED


def test_a_folder_that_a_worker_does_not_see_is_told(
    config: dict[str, object], tmp_path: Path
) -> None:
    wanted = job(tmp_path / "project", "true", config=config)
    (tmp_path / "project").rmdir()
    handle, _ = submit(wanted)
    assert handle.wait(PATIENCE) is RunStatus.FAILED
    assert f"{socket.gethostname()} does not see {tmp_path}/project" in (handle.reason() or "")


def test_a_worker_that_cannot_reach_the_store_is_told(
    config: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "elsewhere")
    endpoint = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:4321"}
    handle, _ = submit(job(tmp_path, "true", config=config, variables=endpoint))
    assert handle.wait(PATIENCE) is RunStatus.FAILED
    assert "cannot reach the store, which is served on the loopback of elsewhere" in (
        handle.reason() or ""
    )


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_the_loss_of_the_scheduler_ends_the_job_soon(is_cancelled: bool, tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    words = [sys.executable, "-m", "dask"]
    options = ["--scheduler-file", str(file), "--dashboard-address", "127.0.0.1:0"]
    alone = start([*words, "scheduler", "--port", "0", *options])
    worker = start([*words, "worker", "--no-nanny", *options])
    try:
        deadline = time.monotonic() + PATIENCE
        while not file.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        config: dict[str, object] = {"scheduler_file": str(file)}
        handle, said = submit(job(tmp_path, "echo $$; sleep 1000", config=config))
        said.wait_for("\n")
        alone.kill()
        if is_cancelled:
            handle.cancel()
        assert handle.wait(PATIENCE) is (RunStatus.KILLED if is_cancelled else RunStatus.FAILED)
        until_gone(int(said.text))
    finally:
        for process in (alone, worker):
            process.kill()
            process.wait()


def test_without_a_scheduler_one_is_started(tmp_path: Path) -> None:
    handle, said = submit(job(tmp_path, "echo here"))
    assert handle.wait(PATIENCE) is RunStatus.FINISHED
    assert said.text == "here\n"


def test_a_scheduler_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.projects.backends.dask._CONNECT_SECONDS", 0.5)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(TrackerError, match="No Dask scheduler answers at tcp.*dask scheduler"):
        submit(job(tmp_path, "true", config={"scheduler": address}))


def test_an_unknown_key_of_the_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="'schedular' is none of resources, scheduler"):
        submit(job(tmp_path, "true", config={"schedular": "tcp://x:1"}))


class Unsteady:
    """Stands for Dask's event while the scheduler is busy."""

    def __init__(self, *answers: bool | Exception) -> None:
        self._answers = iter(answers)

    def is_set(self) -> bool:
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_scheduler_that_once_does_not_answer_ends_no_job() -> None:
    tasks = {"k": SimpleNamespace(state="executing")}
    worker = SimpleNamespace(state=SimpleNamespace(tasks=tasks))
    lost = OSError("closed")
    once = Looks(worker, Unsteady(lost, lost, False, lost, True), "k")
    assert [once() for _ in range(5)] == [False, False, False, False, True]
    gone = Looks(worker, Unsteady(lost, TimeoutError(), lost), "k")
    assert [gone() for _ in range(3)] == [False, False, True]
    tasks["k"].state = "cancelled"
    assert Looks(worker, Unsteady(), "k")()
