"""What a backend is given and what it gives back.

A backend starts one job and hands back a handle at once. It never opens, ends or tags the run: that
is the caller's part, so that every backend records runs in the same way. It is found by its name
among the entry points `tracker.project_backends`, each of which is called without arguments and
returns a `Backend`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tracker.entities import RunStatus
from tracker.projects.model import Environment, Plan

Output = Callable[[str], None]
"""Receives stdout and stderr as pieces of text in the order in which they come, on any thread."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class DockerOptions:
    """What was asked for a project that runs in a container.

    `args` are options of `docker run` without their dashes, True where one takes no value; `auth`
    what a registry is logged in to with (`username`, `password`, `registry`).
    """

    args: Mapping[str, str | bool] = field(default_factory=dict)
    build_image: bool = False
    auth: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Job:
    """One command to be run for one run.

    `variables` are what the child needs beyond the environment it inherits, `environment.variables`
    and the secret of a private endpoint included: MLFLOW_TRACKING_URI, MLFLOW_RUN_ID and so on.
    `artifact_uri` is the run's, `config` the user's `backend_config`. `is_cancelled` is asked while
    the job is being submitted, where that takes long.
    """

    run_id: str
    plan: Plan
    environment: Environment
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    artifact_uri: str | None = None
    experiment_id: str | None = None
    config: Mapping[str, object] = field(default_factory=dict)
    docker: DockerOptions = field(default_factory=DockerOptions)
    is_cancelled: Callable[[], bool] = field(default=_never, repr=False, compare=False)


class Handle(Protocol):
    """A job that was started. Every method may be called from any thread."""

    @property
    def tags(self) -> Mapping[str, str]:
        """What to set on the run because of this job, such as `mlflow.docker.image.id`."""

    def poll(self) -> RunStatus:
        """Return the state of the job now: a final one once all its output has been given."""

    def wait(self, timeout: float | None = None) -> RunStatus:
        """Return the state once it is final, or after `timeout` seconds."""

    def cancel(self) -> None:
        """End the job and every process it started, and return when they are gone.

        Does nothing to a job that has ended.
        """

    def reason(self) -> str | None:
        """Return in words why the job failed (exit code, signal, out of memory), if it did."""


class Backend(Protocol):
    """Somewhere that jobs run."""

    makes_environment: bool
    """Whether the job's environment is made where it runs: then the caller makes none."""

    def submit(self, job: Job, output: Output) -> Handle:
        """Start the job and return without waiting for its end.

        Raises InvalidValue where the job or its configuration cannot be accepted, InvalidState
        where it was cancelled, TrackerError where it could not be started; nothing is left running
        then.
        """
