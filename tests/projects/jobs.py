"""Jobs for backends, and what they said."""

from __future__ import annotations

import threading
from pathlib import Path

from tracker.projects.backends.base import DockerOptions, Job
from tracker.projects.model import (
    Checkout,
    Command,
    DockerSpec,
    Environment,
    EnvironmentKind,
    EnvironmentSpec,
    EnvManager,
    Plan,
    Project,
)


class Said:
    """Receives a job's output."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._new = threading.Condition()

    def __call__(self, piece: str) -> None:
        with self._new:
            self._pieces.append(piece)
            self._new.notify_all()

    @property
    def text(self) -> str:
        with self._new:
            return "".join(self._pieces)

    def wait_for(self, text: str, seconds: float = 60) -> None:
        with self._new:
            assert self._new.wait_for(lambda: text in "".join(self._pieces), seconds), self._pieces


def job(
    folder: Path,
    line: str,
    *,
    docker: DockerSpec | None = None,
    variables: dict[str, str] | None = None,
    config: dict[str, object] | None = None,
    options: DockerOptions | None = None,
    artifact_uri: str | None = None,
    name: str | None = "orchard",
    commit: str | None = None,
    environment: Environment | None = None,
) -> Job:
    """Return a job that runs a line in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    kind = EnvironmentKind.DOCKER if docker else EnvironmentKind.NOTHING
    manager = EnvManager.DOCKER if docker else EnvManager.LOCAL
    plan = Plan(
        Checkout(str(folder), folder, str(folder), commit=commit),
        Project(name, folder, environment=EnvironmentSpec(kind, docker=docker)),
        Command(line, {}, "main"),
        manager,
    )
    return Job(
        "f" * 32,
        plan,
        environment or Environment(manager),
        variables=variables or {},
        artifact_uri=artifact_uri,
        experiment_id="0",
        config=config or {},
        docker=options or DockerOptions(),
    )
