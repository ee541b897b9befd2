"""A project that was started: its run, its output, its end."""

from __future__ import annotations

import codecs
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

import tracker
from tracker.entities import Run, RunStatus
from tracker.errors import ProjectError, TrackerError
from tracker.projects import facts, processes, sources
from tracker.projects.log import KeptLog
from tracker.projects.model import Plan
from tracker.projects.supervisor import EXIT_CODES, Order
from tracker.store.base import Store

_BOOTSTRAP = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from tracker.projects.supervisor import main; sys.exit(main())"
)
_STATUSES = {code: status for status, code in EXIT_CODES.items()}
_SHOWN_LINES = 20
_CANCELLING = 30.0
_OWN = tuple(
    f"{prefix}_{name}"
    for prefix in ("TRACKER", "MLFLOW")
    for name in ("RUN_ID", "EXPERIMENT_ID", "EXPERIMENT_NAME")
)
"""Variables that say for a project what they say for us: it has a run of its own."""
_OF_KERNELS = ("JPY_PARENT_PID", "JPY_SESSION_NAME", "FORCE_COLOR", "CLICOLOR_FORCE")
"""Variables that a notebook's kernel sets for itself: a project has no front end."""

Output = Callable[[str], None]
"""Receives a project's output as it comes, on a thread of its own."""


class SubmittedRun:
    """A run of a project. Any thread may ask it."""

    def __init__(self, store: Store, run: Run, plan: Plan, on_output: Output | None = None) -> None:
        self.run_id = run.info.run_id
        self.plan = plan
        self.store = store
        self._on_output = on_output
        self._log = KeptLog()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._status = RunStatus.SCHEDULED
        self._reason = ""

    def __repr__(self) -> str:
        name = self.plan.project.name or self.plan.checkout.folder.name
        return f"<SubmittedRun {self.run_id} of {name}: {self._status.value}>"

    @property
    def log(self) -> str:
        """What the project printed: of very much the beginning and the end."""
        return self._log.text()

    @property
    def reason(self) -> str:
        """Why the run failed or was cancelled, "" while it has not."""
        return self._reason

    def last_lines(self, count: int = _SHOWN_LINES) -> list[str]:
        """Return the last lines that the project printed, as a terminal would show them."""
        return self._log.last_lines(count)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the run has ended, at most `timeout` seconds; return whether it succeeded."""
        # In steps: what waits for a lock for ever cannot be interrupted everywhere.
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._ended.wait(0.5 if deadline is None else min(0.5, timeout or 0)):
            if deadline is not None and time.monotonic() >= deadline:
                break
        return self._status is RunStatus.FINISHED

    def poll(self) -> RunStatus:
        """Return the state as of now: SCHEDULED while it waits for its turn."""
        return self._status

    def get_status(self) -> RunStatus:
        """Return the same; MLflow's name for it."""
        return self._status

    def cancel(self) -> None:
        """End the project and every process it started, and wait for that. The run is KILLED.

        Does nothing to a run that has ended.
        """
        with self._lock:
            process = self._process
            if process is None and not self._ended.is_set():
                self._give_up(RunStatus.KILLED, "Cancelled before it began")
        if process is None or process.stdin is None:
            return
        with suppress(OSError, ValueError), self._lock:
            process.stdin.write(b"cancel\n")
            process.stdin.flush()
        self._ended.wait(_CANCELLING)

    # -- for whoever submits it ---------------------------------------------------------------

    def start(self, order: Order) -> None:
        """Start the process that runs it. Raises nothing: what fails ends the run as FAILED."""
        with self._lock:
            if self._ended.is_set():
                return
            errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the thread that follows)
            try:
                self._process = process = _spawn(order, errors)
            except Exception as error:
                errors.close()
                self._give_up(RunStatus.FAILED, f"The project could not be started: {error}")
                return
            self._status = RunStatus.RUNNING
        threading.Thread(
            target=self._follow, args=(process, errors), name="tracker-project", daemon=True
        ).start()

    def check(self) -> None:
        """Raise ProjectError where the run has not succeeded."""
        if self._status is RunStatus.FINISHED:
            return
        if self._status is RunStatus.KILLED:
            how = "was " + (self._reason or "killed").replace("Cancelled", "cancelled", 1)
        else:
            how = f"failed: {self._reason}" if self._reason else "failed"
        raise ProjectError(f"Run (ID '{self.run_id}') {how}", run_id=self.run_id)

    def _follow(self, process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        assert process.stdout is not None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while piece := os.read(process.stdout.fileno(), 65_536):
            self._log.write(piece)
            if self._on_output is not None:
                try:
                    self._on_output(decoder.decode(piece))
                except Exception:  # a reader that fails loses the rest, not the run
                    self._on_output = None
        code = process.wait()
        errors.seek(0)
        complaint = errors.read().decode("utf-8", "replace").strip()
        errors.close()
        process.stdout.close()
        with suppress(OSError), self._lock:
            if process.stdin is not None:
                process.stdin.close()
        if code in _STATUSES:
            self._settle(_STATUSES[code])
        else:
            processes.end_marked(facts.PROJECT_RUN, self.run_id)
            last = complaint.rpartition("\n")[2]
            self._give_up(RunStatus.FAILED, f"The process that watched over it died. {last}")

    def _settle(self, status: RunStatus) -> None:
        with suppress(TrackerError):
            tags = self.store.get_run(self.run_id).data.tags
            self._reason = tags.get(facts.ERROR, "")
        self._status = status
        self._ended.set()

    def _give_up(self, status: RunStatus, reason: str) -> None:
        """End a run that nobody else ends any more."""
        self._reason = reason.strip()
        sources.discard(self.plan.checkout)
        with suppress(TrackerError):
            run = self.store.get_run(self.run_id)
            said = RunStatus(run.info.status)
            # Whoever looked first may have ended it already: its process was gone.
            if said is not RunStatus.FINISHED and facts.ERROR not in run.data.tags:
                self.store.log_batch(self.run_id, tags={facts.ERROR: self._reason[:500]})
            if said.is_terminated:
                status = said
            else:
                self.store.update_run(self.run_id, status=status)
        self._status = status
        self._ended.set()


def _spawn(order: Order, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the supervisor in a session of its own: an interrupt of ours is not one of its."""
    ours = Path(tracker.__file__).parents[1]
    process = subprocess.Popen(
        # -P: a project's folder that is the working directory is no place to import from.
        [sys.executable, "-P", "-c", _BOOTSTRAP, str(ours)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=_environment(),
        start_new_session=True,
    )
    assert process.stdin is not None
    try:
        process.stdin.write(pickle.dumps(order))
        process.stdin.flush()
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {*_OWN, *_OF_KERNELS}}
    if kept.get("MPLBACKEND", "").startswith("module://"):
        del kept["MPLBACKEND"]  # the kernel's own, which the project's environment may not have
    return kept
