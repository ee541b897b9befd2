"""The processes that work for runs: a bounded number at once, each told of while it goes on.

They are no part of the server: `worker` goes on when the page, or the server, is gone.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from tracker.entities import RunStatus
from tracker.errors import InvalidState, TrackerError
from tracker.projects import facts
from tracker.server.wire import JobRow
from tracker.store import open_store

AT_ONCE: Final = 2
"""Jobs that go on at once; others wait for their turn."""
MOST_WAITING: Final = 20
KEPT: Final = 100
"""Jobs that are told of after their end."""
PATIENCE: Final = 120.0
"""Seconds that a question which a process answers may take."""
_LONGEST: Final = 2_000
_OF_SERVERS: Final = ("JUPYTER_TOKEN", "JPY_PARENT_PID", "JPY_SESSION_NAME")
"""Variables of the server that are nothing to what it starts."""

_DIED: Final = (
    "The process that did the work was ended before it was done: perhaps it was killed, or this "
    "machine ran out of memory. Try again."
)
_LATE: Final = (
    "This took longer than {seconds:g} s and was given up. Try again; where a project has to be "
    "fetched first, run it once from a terminal."
)

log = logging.getLogger(__name__)

Kind = Literal["run", "verify"]
State = Literal["waiting", "running", "done", "failed"]


@dataclass(slots=True)
class Job:
    """A process that works for a run."""

    order: dict[str, Any]
    kind: Kind
    folder: Path
    job_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    state: State = "waiting"
    said: str = ""
    process: subprocess.Popen[bytes] | None = None
    is_cancelled: bool = False

    @property
    def store(self) -> str:
        """The store whose run it works for."""
        return str(self.order["store"])

    @property
    def run_ids(self) -> set[str]:
        """The runs that it is about."""
        return {self.order["run_id"], self.order.get("new_run_id") or self.order["run_id"]}

    def row(self) -> JobRow:
        """What is told of it."""
        return {
            "job_id": self.job_id,
            "kind": self.kind,
            "run_id": self.order["run_id"],
            "new_run_id": self.order.get("new_run_id"),
            "state": self.state,
            "said": self.said,
        }


class Jobs:
    """All jobs of a server. Any thread may ask."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._jobs: list[Job] = []
        self._questions = threading.Semaphore(AT_ONCE)

    def ask(self, order: Mapping[str, Any], folder: Path) -> Any:
        """Return what a process answers. Raises what it fails with, TrackerError if it is late."""
        if not self._questions.acquire(blocking=False):
            raise InvalidState("Others are being prepared right now. Try again in a moment.")
        try:
            return _ask(order, folder)
        finally:
            self._questions.release()

    def start(
        self,
        order: Mapping[str, Any],
        kind: Kind,
        folder: Path,
        begin: Callable[[], str] | None = None,
    ) -> JobRow:
        """Start a job, or have it wait for its turn. Raises InvalidState where many wait.

        `begin` makes the run that the job is to become, and returns its id: where the job is
        refused there is none.
        """
        job = Job(dict(order), kind, folder)
        with self._changed:
            waiting = sum(each.state == "waiting" for each in self._jobs)
            if waiting >= MOST_WAITING:
                raise InvalidState(
                    f"{waiting} others wait already. Try again when some of them have ended, or "
                    "cancel one."
                )
            over = [each for each in self._jobs if each.state in ("done", "failed")]
            for old in over[: max(0, len(over) - KEPT)]:
                self._jobs.remove(old)
            if begin is not None:
                job.order["new_run_id"] = begin()
            self._jobs.append(job)
        threading.Thread(target=self._work, args=(job,), name="tracker-job", daemon=True).start()
        return job.row()

    def of(self, store: str, run_id: str) -> list[JobRow]:
        """Return the jobs for a run of a store, the latest last."""
        with self._changed:
            return [j.row() for j in self._jobs if j.store == store and run_id in j.run_ids]

    def cancel(self, job_id: str) -> JobRow | None:
        """End a job and what it started; None where there is no such job."""
        with self._changed:
            job = next((each for each in self._jobs if each.job_id == job_id), None)
            if job is None:
                return None
            if job.state in ("waiting", "running"):
                job.is_cancelled = True
                self._changed.notify_all()
                if job.process is not None:
                    # Its run is ended by whoever watches over it, who notices.
                    job.process.terminate()
            return job.row()

    def _work(self, job: Job) -> None:
        """Do a job from its turn to its end, on a thread of its own."""
        said, is_done = "", False
        try:
            if self._is_its_turn(job):
                said, is_done = self._follow(job)
        except OSError as error:
            said = f"The process that does the work could not be started: {error}. Try again."
        except Exception:
            said = "Something failed inside tracker; the log of the Jupyter server has details."
            log.exception("The job %s was given up", job.job_id)
        if not is_done:
            said = "Cancelled" if job.is_cancelled else said
            _give_up(job, said)
        with self._changed:
            job.said, job.state = said[:_LONGEST], "done" if is_done else "failed"
            self._changed.notify_all()

    def _is_its_turn(self, job: Job) -> bool:
        """Wait until a job may begin; false where it was cancelled before."""
        with self._changed:
            self._changed.wait_for(lambda: job.is_cancelled or self._next() is job)
            if not job.is_cancelled:
                job.state = "running"
            return not job.is_cancelled

    def _next(self) -> Job | None:
        """Return the job that may begin now: the one that waits longest, where there is room."""
        if sum(each.state == "running" for each in self._jobs) >= AT_ONCE:
            return None
        return next(
            (it for it in self._jobs if it.state == "waiting" and not it.is_cancelled), None
        )

    def _follow(self, job: Job) -> tuple[str, bool]:
        """Start a job's process and follow it to its end; return what it said last, and whether
        all was done."""
        process = _start(job.order, job.folder)
        with self._changed:
            job.process = process
            if job.is_cancelled:
                process.terminate()
        said, is_done = _DIED, False
        for answer in _answers(process):
            if "said" in answer:
                job.said = str(answer["said"])[:_LONGEST]
            elif "done" in answer:
                said, is_done = str(answer["done"] or ""), True
            else:
                said = str(answer.get("failed", ""))
        process.wait()
        return said, is_done


def _ask(order: Mapping[str, Any], folder: Path) -> Any:
    """Return what a process answers. Raises what it fails with, TrackerError if it is late."""
    process = _start(order, folder)
    is_late = threading.Event()

    def give_up() -> None:
        is_late.set()
        _kill(process)

    timer = threading.Timer(PATIENCE, give_up)
    timer.start()
    try:
        for answer in _answers(process):
            if "failed" in answer:
                raise InvalidState(str(answer["failed"]))
            if "done" in answer:
                return answer["done"]
    finally:
        timer.cancel()
        process.wait()
    raise TrackerError(_LATE.format(seconds=PATIENCE) if is_late.is_set() else _DIED)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it started in its session, such as git."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _give_up(job: Job, why: str) -> None:
    """End the run that a job was to make, where it did not come to that."""
    run_id = job.order.get("new_run_id")
    if run_id is None:
        return
    with suppress(TrackerError):
        store = open_store(job.store)
        run = store.get_run(run_id)
        # What has a command is in the hands of whoever watches over the project.
        if run.info.status == RunStatus.RUNNING and facts.COMMAND not in run.data.tags:
            status = RunStatus.KILLED if job.is_cancelled else RunStatus.FAILED
            store.log_batch(run_id, tags={facts.ERROR: why[:_LONGEST]})
            store.update_run(run_id, status=status)


def _start(order: Mapping[str, Any], folder: Path) -> subprocess.Popen[bytes]:
    """Start a worker with an order, in a folder, so that it outlives the server."""
    variables = {name: text for name, text in os.environ.items() if name not in _OF_SERVERS}
    # A project that runs in the environment in use means the one that the server runs in.
    own = str(Path(sys.executable).parent)
    variables["PATH"] = os.pathsep.join([own, variables.get("PATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker.server.work.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=variables,
        start_new_session=True,
    )
    assert process.stdin is not None
    with suppress(OSError), process.stdin as pipe:
        pipe.write(json.dumps(dict(order)).encode() + b"\n")
    return process


def _answers(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            with suppress(ValueError):
                answer = json.loads(line)
                if isinstance(answer, dict):
                    yield answer
