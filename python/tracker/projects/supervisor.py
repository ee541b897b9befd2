"""The process that watches over one run of a project, from its environment to its end.

It is a process of its own so that a notebook's kernel may restart, or die, while a project runs:
the run belongs to the supervisor, which serves the store to the project, passes its output on,
keeps it, and ends the run. Its caller speaks to it through three pipes:

    stdin     an `Order`, pickled by the caller itself; then "cancel". Its end says that the caller
              is gone, which cancels the run unless it was started to go on alone
    stdout    the project's output as it comes
    stderr    what goes wrong in here

It can be cancelled by SIGTERM too, and by whoever sets the run's tag `tracker.cancel`.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from tracker.artifacts import open_artifacts
from tracker.entities import RunStatus
from tracker.errors import InvalidValue, TrackerError
from tracker.projects import facts, notebook, processes, sources
from tracker.projects.backends.base import Backend, DockerOptions, Handle, Job
from tracker.projects.backends.opening import open_backend
from tracker.projects.live import Live
from tracker.projects.log import KeptLog
from tracker.projects.model import Environment, EnvManager, Plan
from tracker.store import Store, open_store

EXIT_CODES = {RunStatus.FINISHED: 0, RunStatus.FAILED: 10, RunStatus.KILLED: 11}
"""How this process tells what became of the run; any other code says that it died itself."""
_LOOK = 0.2
_ASK_STORE = 1.0
_KEEP_LOG = 5.0
"""Seconds between looking at the job, asking the store whether to cancel, and keeping the log."""
_LAST_OUTPUT = 5.0
"""Seconds that a slow caller has to take the rest of the output."""
_LONGEST_REASON = 500
_SERVERS = ("http://", "https://", "databricks")
_CALLER_GONE = "Cancelled because the program that had started it ended before it did"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run, for which run."""

    tracking_uri: str
    run_id: str
    plan: Plan
    backend: str = "local"
    config: Mapping[str, object] = field(default_factory=dict)
    docker: DockerOptions = field(default_factory=DockerOptions)
    goes_on_alone: bool = False


class Cancellation:
    """Whether the run is to be cancelled, and why."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self.why = ""

    def ask(self, why: str) -> None:
        """Cancel the run; the first reason counts."""
        self.why = self.why or why
        self._asked.set()

    @property
    def is_asked(self) -> bool:
        """Whether somebody asked."""
        return self._asked.is_set()


class Supervisor:
    """Runs one order in this process."""

    def __init__(self, order: Order, store: Store, live: Live) -> None:
        self._order = order
        self._store = store
        self._live = live
        self._log = KeptLog()
        self._kept = (0.0, 0)
        self._asked_store = 0.0
        self._reason = ""
        self._caller = os.getppid()
        self.cancellation = Cancellation()

    def run(self) -> RunStatus:
        """Run the project, end the run, and return how it ended."""
        # The run belongs to this process from here on.
        run = self._store.update_run(self._order.run_id, status=RunStatus.RUNNING)
        self._artifacts = open_artifacts(run.info.artifact_uri)
        try:
            status = self._run(run.info.artifact_uri, run.info.experiment_id)
        except TrackerError as error:
            status, self._reason = RunStatus.FAILED, error.message
            self._tell(error.message)
        except Exception as error:
            status, self._reason = RunStatus.FAILED, f"{type(error).__name__}: {error}"
            self._tell(self._reason)
            raise
        finally:
            left = processes.end_descendants(os.getpid(), grace=1.0)
            if left and not self.cancellation.is_asked:
                noun = "process" if left == 1 else "processes"
                self._tell(f"Ended {left} {noun} that the project left running.")
            if self.cancellation.is_asked:
                status, self._reason = RunStatus.KILLED, self.cancellation.why
            status = self._end(status)
            sources.discard(self._order.plan.checkout)
        return status

    def cancel(self, why: str) -> None:
        """Cancel the run, from any thread."""
        self.cancellation.ask(why)

    def _run(self, artifact_uri: str, experiment_id: str) -> RunStatus:
        order = self._order
        backend = open_backend(_backend_name(order))
        environment = self._environment(backend)
        for remark in environment.remarks:
            self._tell(remark)
        with _endpoint(self._store) as tracking, self._notebook(environment) as plan:
            job = Job(
                run_id=order.run_id,
                plan=plan,
                environment=environment,
                variables=tracking
                | facts.child_variables(order.run_id, experiment_id, self._store.uri),
                artifact_uri=artifact_uri,
                experiment_id=experiment_id,
                config=order.config,
                docker=order.docker,
                is_cancelled=self._look_around,
            )
            handle = backend.submit(job, self._output)
            self._set_tags(handle)
            status = self._watch(handle)
        self._reason = handle.reason() or ""
        return status

    def _environment(self, backend: Backend) -> Environment:
        if backend.makes_environment:
            return Environment(self._order.plan.env_manager)
        from tracker.projects.environments import prepare

        plan = self._order.plan
        return prepare(
            plan.project,
            plan.env_manager,
            progress=self._tell,
            is_cancelled=self._look_around,
        )

    @contextmanager
    def _notebook(self, environment: Environment) -> Iterator[Plan]:
        """Make the command execute the plan's notebook, if it has one, and keep that as it ends."""
        plan = self._order.plan
        source = plan.command.notebook
        if source is None:
            yield plan
            return
        if plan.env_manager is EnvManager.DOCKER:
            raise InvalidValue(
                "A notebook cannot be executed in the project's container. Choose another "
                "environment with --env-manager, or give the project an entry point that calls "
                "papermill."
            )
        with tempfile.TemporaryDirectory() as folder:
            executed = Path(folder) / source.name
            line = notebook.command_line(source, executed, plan.command.params, environment.python)
            try:
                yield replace(plan, command=replace(plan.command, line=line))
            finally:
                if executed.exists():
                    self._artifacts.put_file(executed, f"{facts.FOLDER}/{source.name}")

    def _watch(self, handle: Handle) -> RunStatus:
        while not (status := handle.wait(_LOOK)).is_terminated:
            if self._look_around():
                handle.cancel()
        self._set_tags(handle)
        return status

    def _set_tags(self, handle: Handle) -> None:
        if handle.tags:
            self._store.log_batch(self._order.run_id, tags=dict(handle.tags))

    def _look_around(self) -> bool:
        """Do what is to be done now and then; return whether the run is to be cancelled."""
        self._ask_store()
        self._look_for_caller()
        self._keep_log_sometimes()
        return self.cancellation.is_asked

    def _ask_store(self) -> None:
        now = time.monotonic()
        if now - self._asked_store > _ASK_STORE:
            self._asked_store = now
            with suppress(TrackerError):
                tags = self._store.get_run(self._order.run_id).data.tags
                if facts.CANCEL in tags:
                    self.cancel(f"Cancelled {tags[facts.CANCEL]}")

    def _look_for_caller(self) -> None:
        # Its end of the pipe may live on in a process that it forked.
        if os.getppid() != self._caller and not self._order.goes_on_alone:
            self.cancel(_CALLER_GONE)

    def _output(self, text: str) -> None:
        piece = text.encode("utf-8", "replace")
        self._log.write(piece)
        self._live.write(piece)

    def _tell(self, line: str) -> None:
        self._output(f"tracker: {line.rstrip()}\n")

    def _keep_log_sometimes(self) -> None:
        """Keep the log now and then: this process may be killed, and others watch the run."""
        when, written = self._kept
        if self._log.written != written and time.monotonic() - when > _KEEP_LOG:
            self._keep_log()

    def _keep_log(self) -> str:
        """Keep the log as it is now; return why it cannot be, "" where it can."""
        self._kept = (time.monotonic(), self._log.written)
        try:
            self._artifacts.put(facts.LOG_FILE, self._log.chunks())
        except (TrackerError, OSError) as error:
            return f"all of it: {error}"
        return ""

    def _end(self, status: RunStatus) -> RunStatus:
        """End the run in the store. What it says of itself wins over a mere success."""
        run_id, log = self._order.run_id, self._log
        tags: dict[str, str | None] = {facts.CANCEL: None}
        if self._reason:
            tags[facts.ERROR] = self._reason[:_LONGEST_REASON]
        left_out = f"{log.left_out:,} of {log.written:,} bytes" if log.left_out else ""
        left_out = (self._keep_log() if log.written else "") or left_out
        if left_out:
            tags[facts.LOG_LEFT_OUT] = left_out
        try:
            self._store.log_batch(run_id, tags=tags)
        finally:
            said = RunStatus(self._store.get_run(run_id).info.status)
            if status is RunStatus.FINISHED and said.is_terminated:
                status = said
            self._store.update_run(run_id, status=status)
        return status


@contextmanager
def _endpoint(store: Store) -> Iterator[dict[str, str]]:
    """Serve the store to the project for as long as it runs; a server's clients find it alone."""
    if store.uri.startswith(_SERVERS):
        yield {"MLFLOW_TRACKING_URI": store.uri}
        return
    from tracker.rest import serve_loopback

    with serve_loopback(store) as endpoint:
        # MLflow prints an address to look at, which leads nowhere here.
        yield {**endpoint.environment, "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}


def _backend_name(order: Order) -> str:
    """Return what runs it: MLflow's "local" means a container too, where the project wants one."""
    is_container = order.plan.env_manager is EnvManager.DOCKER
    return "docker" if is_container and order.backend == "local" else order.backend


def _listen(supervisor: Supervisor, caller: BinaryIO, *, goes_on_alone: bool) -> None:
    """Do as the caller says, on a thread."""
    for line in caller:
        if line.strip() == b"cancel":
            supervisor.cancel("Cancelled")
    if not goes_on_alone:
        supervisor.cancel(_CALLER_GONE)


def main() -> int:
    """Read an order and do it."""
    processes.adopt_orphans()
    # The project's processes shall inherit none of the three pipes.
    caller, output = os.fdopen(os.dup(0), "rb"), os.dup(1)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    order: Order = pickle.load(caller)
    live = Live(output, may_wait=not order.goes_on_alone)
    supervisor = Supervisor(order, open_store(order.tracking_uri), live)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: supervisor.cancellation.ask("Cancelled by a signal"))
    threading.Thread(
        target=_listen,
        args=(supervisor, caller),
        kwargs={"goes_on_alone": order.goes_on_alone},
        daemon=True,
    ).start()
    try:
        return EXIT_CODES[supervisor.run()]
    finally:
        live.finish(_LAST_OUTPUT)


if __name__ == "__main__":
    sys.exit(main())
