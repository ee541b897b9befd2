"""Jobs that are cancelled, killed, or outlive their server: their runs still tell the truth."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psutil
import pytest

from tests.server.again import CELLS, links, notebook_run, plan, until, until_over
from tests.server.conftest import Ask
from tests.server.test_extension import server_url, start_server
from tests.server.test_extension import until as wait_until
from tracker.entities import Run
from tracker.server.work import jobs as jobs_module
from tracker.store import Store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are ended by signals")

LOOP = """
import os, time, tracker
from pathlib import Path

with tracker.start_run():
    here = Path(place)
    (here / f"{name}.part").write_text(str(os.getpid()))
    os.replace(here / f"{name}.part", here / f"{name}.began")
    while not (here / f"{name}.go").exists():
        time.sleep(0.05)
    tracker.log_metric("done", 1)
"""


class Loop:
    """A run of cells that go on until a file is there, and jobs that run it again."""

    def __init__(self, store: Store, place: Path) -> None:
        self.place = place
        place.mkdir()
        self.run = notebook_run(store, f"name = 'a'\nplace = {str(place)!r}", LOOP)

    def request(self, shown: Mapping[str, Any], name: str) -> dict[str, Any]:
        """What starts a job of this name."""
        common = {"folder": "", "kind": "run", "content": shown["content"], "env_manager": "local"}
        return {**common, "parameters": {"name": name}}

    async def start(self, ask: Ask, shown: Mapping[str, Any], *names: str) -> list[Any]:
        """Start jobs of these names."""
        route = ("runs", self.run.info.run_id, "jobs")
        return [(await ask(*route, body=self.request(shown, name)))["job"] for name in names]

    async def began(self, *names: str) -> list[int]:
        """Wait until these jobs' programs go on; return their pids."""
        files = [self.place / f"{name}.began" for name in names]
        await until(lambda: all(file.exists() for file in files), f"the beginning of {names}")
        return [int(file.read_text()) for file in files]

    def let_go(self, name: str) -> None:
        """Let a job's program come to its end."""
        (self.place / f"{name}.go").touch()


@pytest.fixture
def loop(store: Store, tmp_path: Path) -> Loop:
    return Loop(store, tmp_path / "loop")


def told(run: Run) -> tuple[str, str]:
    """How a run ended, and why."""
    return str(run.info.status), run.data.tags.get("tracker.error", "")


async def job_of(ask: Ask, job: Mapping[str, Any]) -> Any:
    """A job as it is now."""
    jobs = (await links(ask, job["new_run_id"]))["jobs"]
    return next(each for each in jobs if each["job_id"] == job["job_id"])


async def test_jobs_at_once_wait_for_their_turn_and_are_cancelled_one_by_one(
    ask: Ask, store: Store, loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "AT_ONCE", 2)
    one, two, three = await loop.start(ask, await plan(ask, loop.run), "one", "two", "three")
    pid, _ = await loop.began("one", "two")
    assert (await job_of(ask, three))["state"] == "waiting"

    # What waits ends at once, though there is no room for it.
    await ask("jobs", three["job_id"], "cancel", body={})
    await until_over(ask, three["new_run_id"])
    assert (await job_of(ask, three))["said"] == "Cancelled"
    assert told(store.get_run(three["new_run_id"])) == ("KILLED", "Cancelled")

    await ask("jobs", one["job_id"], "cancel", body={})
    await until_over(ask, one["new_run_id"])
    assert (await job_of(ask, one))["said"] == "Cancelled"
    assert told(store.get_run(one["new_run_id"])) == ("KILLED", "Cancelled")
    assert not psutil.pid_exists(pid)

    assert (await job_of(ask, two))["state"] == "running"
    loop.let_go("two")
    await until_over(ask, two["new_run_id"])
    assert (await job_of(ask, two))["state"] == "done"
    assert told(store.get_run(two["new_run_id"])) == ("FINISHED", "")
    assert not (loop.place / "three.began").exists()
    # Once it is over there is nothing to cancel.
    assert (await ask("jobs", two["job_id"], "cancel", body={}))["job"]["state"] == "done"


async def test_what_is_cancelled_before_it_could_begin_is_killed_and_says_so(
    ask: Ask, store: Store, loop: Loop
) -> None:
    (job,) = await loop.start(ask, await plan(ask, loop.run), "one")
    await ask("jobs", job["job_id"], "cancel", body={})
    await until_over(ask, job["new_run_id"])
    assert (await job_of(ask, job))["said"] == "Cancelled"
    status, why = told(store.get_run(job["new_run_id"]))
    assert (status, why.startswith("Cancelled")) == ("KILLED", True)
    assert not (loop.place / "one.began").exists()


async def test_whatever_process_is_killed_the_run_ends_and_says_why(
    ask: Ask, store: Store, loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "AT_ONCE", 3)
    names = ("program", "supervisor", "worker")
    jobs = dict(zip(names, await loop.start(ask, await plan(ask, loop.run), *names), strict=True))
    pids = dict(zip(names, await loop.began(*names), strict=True))
    # A program's line of ancestors: bash perhaps, its supervisor, its worker, and this process.
    above = {name: psutil.Process(pid).parents() for name, pid in pids.items()}
    ours = {name: [it.pid for it in line].index(os.getpid()) for name, line in above.items()}
    psutil.Process(pids["program"]).kill()
    above["supervisor"][ours["supervisor"] - 2].kill()
    above["worker"][ours["worker"] - 1].kill()
    for job in jobs.values():
        await until_over(ask, job["new_run_id"])
    runs = {name: job["new_run_id"] for name, job in jobs.items()}
    # The worker's supervisor notices by itself that nobody waits any more.
    await until(lambda: "" not in told(store.get_run(runs["worker"])), "its end and why")
    ends = {name: told(store.get_run(run_id)) for name, run_id in runs.items()}
    assert ends["program"][0] == "FAILED"
    # Of a run whose process is gone whoever looks first says that it was killed.
    assert ends["supervisor"][0] in ("FAILED", "KILLED")
    assert ends["worker"][0] == "KILLED"
    assert "SIGKILL" in ends["program"][1]
    assert "watched over it died" in ends["supervisor"][1]
    assert "the program that had started it ended" in ends["worker"][1]
    said = {name: (await job_of(ask, job))["said"] for name, job in jobs.items()}
    assert {(await job_of(ask, job))["state"] for job in jobs.values()} == {"failed"}
    assert ends["program"][1] in said["program"]
    assert "watched over it died" in said["supervisor"]
    assert "Try again" in said["worker"]
    await until(lambda: not any(map(psutil.pid_exists, pids.values())), "the end of all programs")


async def test_jobs_outlive_a_server_that_is_killed_and_their_runs_stay_true(
    ask: Ask, store: Store, loop: Loop, tmp_path: Path, jp_root_dir: Path
) -> None:
    shown = await plan(ask, loop.run)
    (tmp_path / "other").mkdir()
    with (tmp_path / "log").open("wb") as log:
        server = start_server(tmp_path / "other", jp_root_dir, log)
    try:
        url = wait_until(lambda: server_url(tmp_path / "other" / "runtime"))
        await until(lambda: answers(url), "an answer of the server")
        bodies = [loop.request(shown, name) for name in ("one", "two", "three")]
        one, two, three = posted(f"{url}tracker/api/runs/{loop.run.info.run_id}/jobs", bodies)
        await loop.began("one", "two")
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
    # Nobody knows of jobs any more: two runs go on, and the one that waited is over.
    await until(lambda: ended(store, three), "the end of the run that never began")
    assert store.get_run(three).info.status == "KILLED"
    for run_id in (one, two):
        assert (await links(ask, run_id))["jobs"] == []
        assert (await ask("runs", run_id, folder=""))["run"]["status"] == "RUNNING"
    # As the panel cancels a run whose job nobody knows.
    edit = {"run_id": one, "tags": {"tracker.cancel": "from JupyterLab"}}
    await ask("runs", "edit", body={"folder": "", "edits": [edit]})
    loop.let_go("two")
    await until(lambda: ended(store, one) and ended(store, two), "the end of both runs")
    # The program ends its run as it is ended itself; why is told by whoever watched over it.
    await until(lambda: told(store.get_run(one))[1] != "", "a reason")
    assert told(store.get_run(one)) == ("KILLED", "Cancelled from JupyterLab")
    assert told(store.get_run(two)) == ("FINISHED", "")
    assert store.get_run(two).data.metrics["done"] == 1


def answers(url: str) -> bool:
    """Whether a server answers that has written its URL."""
    try:
        with urlopen(f"{url}api", timeout=60):
            return True
    except OSError:
        return False


def posted(url: str, bodies: Sequence[Mapping[str, Any]]) -> list[str]:
    """Start jobs at a server; return the ids of their runs."""
    headers = {"Authorization": "token secret", "Content-Type": "application/json"}
    found = []
    for body in bodies:
        with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=60) as answer:
            found.append(json.loads(answer.read())["job"]["new_run_id"])
    return found


def ended(store: Store, run_id: str) -> bool:
    """Whether a run is over, as a list of runs shows it."""
    store.search_runs(None, filter_string="attributes.status = 'RUNNING'", max_results=1)
    return store.get_run(run_id).info.status != "RUNNING"


async def test_a_question_that_takes_too_long_is_given_up_and_says_what_to_do(
    refusal: Ask, store: Store, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = notebook_run(store)
    monkeypatch.setattr(jobs_module, "PATIENCE", 0.01)
    for task, body in (("plan", {"folder": ""}), ("export", {"folder": "", "path": "out"})):
        _, error = await refusal("runs", run.info.run_id, task, body=body)
        assert "longer than 0.01 s" in error["message"] and "Try again" in error["message"]
    assert not (jp_root_dir / "out").exists()


async def test_a_job_that_does_not_exist_is_not_cancelled(refusal: Ask) -> None:
    status, error = await refusal("jobs", "0" * 32, "cancel", body={})
    assert status == 404 and "no job" in error["message"]


async def test_only_so_many_jobs_wait(
    refusal: Ask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "MOST_WAITING", 0)
    run = notebook_run(store, *CELLS)
    body = {"folder": "", "kind": "run", "content": "x"}
    status, error = await refusal("runs", run.info.run_id, "jobs", body=body)
    assert "cancel one" in error["message"]
    assert status == 400
    # Nothing was begun that nobody would end.
    assert len(store.search_runs(None)) == 1
