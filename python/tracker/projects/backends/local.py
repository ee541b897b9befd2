"""Runs jobs on this machine, as child processes."""

from __future__ import annotations

import os

from tracker.projects.backends.base import Handle, Job, Output
from tracker.projects.child import Child


class LocalBackend:
    """A shell in the project's folder, with the project's environment."""

    makes_environment = False

    def submit(self, job: Job, output: Output) -> Handle:
        """Start the job. Raises TrackerError where bash cannot be started."""
        line = job.plan.command.line
        if job.environment.activate:
            line = f"{job.environment.activate} && {line}"
        variables = {**os.environ, **job.environment.variables, **job.variables}
        return Child(["bash", "-c", line], job.plan.project.folder, variables, output)
