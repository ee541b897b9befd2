"""Backends that were written for MLflow: entry points of the group `mlflow.project_backend`.

Their interface is that of `mlflow.projects.backend.abstract_backend.AbstractBackend`. Such a
backend fetches the project, makes its environment and finds the run through MLflow's own client.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from tracker.entities import RunStatus
from tracker.errors import InvalidValue, TrackerError
from tracker.projects.backends.base import Handle, Job, Output
from tracker.projects.backends.followed import FollowedHandle, Outcome
from tracker.projects.model import EnvManager

_RUN_ID = "_mlflow_local_backend_run_id"
_MANAGERS = {EnvManager.AUTO: None, EnvManager.DOCKER: None}


class PluginBackend:
    """Runs jobs with a backend of MLflow's interface.

    The project's URI is handed on with the commit that was agreed to. Output is where the plugin
    leaves it. MLflow's client in this process is pointed at the store for as long as the job lasts.
    """

    makes_environment = True

    def __init__(self, plugin: Any) -> None:
        if not callable(getattr(plugin, "run", None)):
            raise InvalidValue(f"{type(plugin).__name__} has no method `run`: it is no backend.")
        self._plugin = plugin

    def submit(self, job: Job, output: Output) -> Handle:
        """Have the plugin start the job."""
        before = dict(os.environ)
        os.environ.update(job.variables)
        try:
            submitted = self._plugin.run(
                _uri(job),
                job.plan.command.entry_point,
                dict(job.plan.command.params),
                job.plan.checkout.commit,
                _config(job),
                job.variables.get("MLFLOW_TRACKING_URI"),
                job.experiment_id,
            )
        except BaseException as error:
            _restore(before, job.variables)
            if isinstance(error, Exception):
                name = type(self._plugin).__name__
                raise TrackerError(f"{name} did not start the project: {error}") from error
            raise
        if submitted.run_id != job.run_id:
            output(f"tracker: {type(self._plugin).__name__} logs to a run of its own: ")
            output(f"{submitted.run_id}.\n")
        return PluginHandle(submitted, before, job.variables)


class PluginHandle(FollowedHandle):
    """What a plugin submitted; a thread waits for its end."""

    def __init__(
        self, submitted: Any, before: Mapping[str, str], variables: Mapping[str, str]
    ) -> None:
        super().__init__(RunStatus.RUNNING)
        self._submitted = submitted
        self._before, self._variables = before, variables
        self._begin("tracker-plugin")

    def poll(self) -> RunStatus:
        """Return the state of the job now, as the plugin tells it."""
        if not self._ended.is_set():
            with suppress(Exception):  # a plugin's own trouble is no reason to lose the run
                if _status(self._submitted) is RunStatus.SCHEDULED:
                    return RunStatus.SCHEDULED
        return super().poll()

    def _ask_to_cancel(self) -> None:
        """Have the plugin cancel the job. Raises TrackerError where it does not."""
        try:
            self._submitted.cancel()
        except Exception as error:
            raise TrackerError(f"The backend could not cancel the project: {error}") from error

    def _outcome(self) -> Outcome:
        return (RunStatus.FINISHED if self._submitted.wait() else RunStatus.FAILED), None

    def _clean_up(self) -> None:
        _restore(self._before, self._variables)


def _status(submitted: Any) -> RunStatus | None:
    said = str(submitted.get_status())
    return RunStatus(said) if said in list(RunStatus) else None


def _uri(job: Job) -> str:
    checkout = job.plan.checkout
    return checkout.uri if checkout.commit and not checkout.is_local else str(checkout.folder)


def _config(job: Job) -> dict[str, object]:
    """The user's configuration, and what MLflow puts into it."""
    manager = job.plan.env_manager
    return {
        **job.config,
        _RUN_ID: job.run_id,
        "ENV_MANAGER": _MANAGERS.get(manager, str(manager)),
        "SYNCHRONOUS": False,
        "DOCKER_ARGS": dict(job.docker.args),
        "STORAGE_DIR": None,
        "build_image": job.docker.build_image,
        "docker_auth": job.docker.auth,
    }


def _restore(before: Mapping[str, str], variables: Mapping[str, str]) -> None:
    for name in variables:
        if name in before:
            os.environ[name] = before[name]
        else:
            os.environ.pop(name, None)
