"""Projects on a Dask cluster: each job is a child process of one of its workers."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from tracker.entities import RunStatus
from tracker.errors import InvalidValue, TrackerError
from tracker.projects.backends import dask_worker
from tracker.projects.backends.base import Handle, Job, Output
from tracker.projects.backends.dask_worker import Message, Ordered
from tracker.projects.backends.docker_mounts import is_loopback
from tracker.projects.backends.followed import FollowedHandle, Outcome

_KEYS = {"scheduler", "scheduler_file", "resources", "workers"}
_CONNECT_SECONDS = 20
_LOOK_SECONDS = 0.2
_LOOKS_UNTIL_DOUBT = 5
_CLOSE_SECONDS = 2


class DaskBackend:
    """Runs jobs on the workers of a Dask cluster (`distributed`).

    `backend_config` may have `scheduler`, its address (where absent a scheduler with one worker
    starts in this process), or `scheduler_file`; `resources` that a worker must have, such as
    `{"GPU": 1}`, and `workers`, the addresses or hosts to choose from.

    The workers must have this package installed, see the project's and the environment's folders
    under the same paths, and reach the store: workers of other machines need a server for it.
    """

    makes_environment = False

    def submit(self, job: Job, output: Output) -> Handle:
        """Give the job to the scheduler."""
        if unknown := sorted(job.config.keys() - _KEYS):
            raise InvalidValue(
                f"backend_config of dask: {unknown[0]!r} is none of {', '.join(sorted(_KEYS))}."
            )
        cluster, client = _connect(job.config)
        try:
            return DaskHandle(cluster, client, _ordered(job), job.config, output)
        except BaseException:
            _close(cluster, client)
            raise


class DaskHandle(FollowedHandle):
    """A job on a cluster; a thread receives what its worker says."""

    def __init__(
        self,
        cluster: Any,
        client: Any,
        ordered: Ordered,
        config: Mapping[str, object],
        output: Output,
    ) -> None:
        super().__init__(RunStatus.SCHEDULED)
        distributed = import_module("distributed")
        self._cluster = cluster
        self._client = client
        self._output = output
        self._queue = distributed.Queue(
            dask_worker.queue_name(ordered.key), client=client, maxsize=100
        )
        self._cancel = distributed.Event(dask_worker.cancel_name(ordered.key), client=client)
        self._worker = ""
        self._future = client.submit(
            dask_worker.run_on_worker,
            ordered,
            key=ordered.key,
            pure=False,
            retries=0,
            resources=config.get("resources"),
            workers=config.get("workers"),
        )
        self._begin("tracker-dask")

    def _ask_to_cancel(self) -> None:
        """End the job and its process tree on the worker, or take it from the scheduler's list."""
        # On a thread, for a client that lost its scheduler tries to find it for long.
        threading.Thread(target=self._send_cancel, name="tracker-cancel", daemon=True).start()

    def _send_cancel(self) -> None:
        with suppress(OSError, TimeoutError):
            self._cancel.set()
            if self._status is RunStatus.SCHEDULED:
                self._future.cancel()

    def _outcome(self) -> Outcome:
        try:
            while True:
                for message in self._next():
                    if (ended := self._take(message)) is not None:
                        return ended
        except OSError:
            return RunStatus.FAILED, "the Dask scheduler was lost"

    def _clean_up(self) -> None:
        with suppress(Exception):
            self._queue.close()
        _close(self._cluster, self._client)

    def _next(self) -> list[Message]:
        """Wait for messages, or for what makes it certain that none will come any more."""
        looks = 0
        was_lost = False
        while True:
            # Asking without a timeout: Dask logs each one that passes as an error.
            if found := [tuple(message) for message in self._queue.get(batch=True)]:
                return found
            looks += 1
            if looks % _LOOKS_UNTIL_DOUBT == 0:
                if self._future.done() and self._queue.qsize() == 0:
                    return [("ended", "FAILED", self._why_no_message())]
                if self._client.status not in ("running", "connecting"):
                    return [("ended", "FAILED", "the Dask scheduler was lost")]
                # Seen twice, for its last message may just be on its way.
                is_lost = bool(self._worker) and self._worker not in self._client.processing()
                if is_lost and was_lost:
                    self._future.cancel()
                    return [("ended", "FAILED", dask_worker.LOST)]
                was_lost = is_lost
            time.sleep(_LOOK_SECONDS)

    def _take(self, message: Message) -> Outcome | None:
        """Act on a message; return how the job ended where it was the last one."""
        kind, *content = message
        if kind == "ended":
            status = RunStatus(content[0])
            return status, (content[1] or None) if status is RunStatus.FAILED else None
        if kind == "started":
            self._worker = content[0]
            self._status = RunStatus.RUNNING
        else:
            self._output(content[0])
        return None

    def _why_no_message(self) -> str:
        if self._future.status == "cancelled":
            return "it was cancelled on the Dask cluster"
        error = self._future.exception()
        return f"the Dask worker could not run it: {type(error).__name__}: {error}"


def _ordered(job: Job) -> Ordered:
    """The job for a worker, which may be another machine's."""
    environment, line = job.environment, job.plan.command.line
    if environment.activate:
        line = f"{environment.activate} && {line}"
    is_here = is_loopback(job.variables.get("MLFLOW_TRACKING_URI", ""))
    return Ordered(
        key=f"tracker-{job.run_id}-{uuid.uuid4().hex[:8]}",
        line=line,
        folder=str(job.plan.project.folder),
        needs=(str(environment.python),) if environment.activate and environment.python else (),
        variables={**environment.variables, **job.variables},
        host=socket.gethostname() if is_here else None,
    )


def _connect(config: Mapping[str, object]) -> tuple[Any, Any]:
    """Return a cluster of our own, or None, and a client."""
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise InvalidValue(
            "The backend dask needs Dask: pip install 'jupyterlab-tracker[sweeps]'."
        ) from error
    address, file = config.get("scheduler"), config.get("scheduler_file")
    if address is None and file is None:
        cluster = distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0"
        )
        return cluster, distributed.Client(cluster, set_as_default=False)
    try:
        client = distributed.Client(
            address, scheduler_file=file, timeout=_CONNECT_SECONDS, set_as_default=False
        )
    except (OSError, ValueError, TypeError) as error:
        raise TrackerError(
            f"No Dask scheduler answers at {address or file}: {error}. "
            "Start one with `dask scheduler`, or leave `scheduler` out."
        ) from error
    return None, client


def _close(cluster: Any, client: Any) -> None:
    for part in (client, cluster):
        if part is not None:
            with suppress(Exception):  # it may be gone already
                part.close(timeout=_CLOSE_SECONDS)
