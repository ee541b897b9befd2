"""An environment for a project: which manager makes it, and the environment once it is there."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tracker.errors import InvalidState, InvalidValue
from tracker.projects.environments import cache, virtual
from tracker.projects.environments.cache import Progress
from tracker.projects.environments.conda import find_conda, missing
from tracker.projects.environments.condafile import CondaFile, read_conda_file
from tracker.projects.environments.condapip import as_definition
from tracker.projects.environments.definition import Definition, read_definition
from tracker.projects.environments.digests import digest
from tracker.projects.environments.requirements import Requirements, bounds
from tracker.projects.model import Environment, EnvironmentKind, EnvManager, Project

_FORMAT = 1
"""Part of what names a cached environment: higher where they are made in another way."""


def choose(project: Project, manager: EnvManager = EnvManager.AUTO) -> EnvManager:
    """Return the manager that will make the project's environment; nothing is made.

    `AUTO` follows what the project defines, as MLflow does: `docker_env` a container, `conda.yaml`
    conda where one is installed, `python_env.yaml` a virtual environment, made by uv where there is
    one. Where MLflow would fail it goes on: `conda.yaml` without conda is made with uv, and a
    project that defines nothing runs in the environment it is started from, where MLflow makes an
    empty one. `docker_env` wins over any other choice, as in MLflow.

    Raises InvalidValue where the project defines nothing that this manager understands.
    """
    kind = project.environment.kind
    if kind is EnvironmentKind.DOCKER:
        return EnvManager.DOCKER
    if manager is EnvManager.AUTO:
        return _automatic(kind)
    if manager is EnvManager.DOCKER:
        raise InvalidValue("The project has no docker_env, so it cannot run in a container.")
    if manager is EnvManager.CONDA and kind is not EnvironmentKind.CONDA:
        raise InvalidValue(
            "The project has no conda_env, so conda cannot make its environment. "
            "Choose uv, virtualenv or local."
        )
    return manager


def prepare(
    project: Project,
    manager: EnvManager = EnvManager.AUTO,
    *,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Environment:
    """Return the project's environment, made now unless the same one was made before.

    `progress` receives lines of text while it is made. Once `is_cancelled` returns True it ends
    early with InvalidState, also while it waits for another process.

    Environments are kept by the content of what defines them in the folder that TRACKER_ENV_ROOT or
    MLFLOW_ENV_ROOT names, else in the user's cache. Of several processes that ask for the same one,
    one makes it and the others wait.

    Raises InvalidValue where the definition cannot be understood, TrackerError where the
    environment cannot be made; nothing half-made is left.
    """
    chosen = choose(project, manager)
    if chosen is EnvManager.DOCKER:
        return Environment(chosen)
    if chosen is EnvManager.LOCAL:
        return _local(project)
    say = _teller(progress, is_cancelled)
    if project.environment.kind is not EnvironmentKind.CONDA or not project.environment.file:
        return _virtual(chosen, read_definition(project), say)
    written = read_conda_file(project.environment.file, bounds(project.folder))
    if chosen is EnvManager.CONDA:
        return _with_conda(written, say)
    made = _virtual(chosen, as_definition(written), say)
    return replace(made, variables={**made.variables, **dict(written.variables)})


def _automatic(kind: EnvironmentKind) -> EnvManager:
    if kind is EnvironmentKind.NOTHING:
        return EnvManager.LOCAL
    if kind is EnvironmentKind.CONDA and find_conda():
        return EnvManager.CONDA
    return EnvManager.UV if virtual.uv_program() else EnvManager.VIRTUALENV


def _local(project: Project) -> Environment:
    """The environment of this process. Its `python` is ours, also where nothing was activated."""
    ours = str(Path(sys.executable).parent)
    found = shutil.which("python")
    is_ours = found is not None and str(Path(found).parent) == ours
    path = os.environ.get("PATH", os.defpath)
    return Environment(
        EnvManager.LOCAL,
        python=Path(sys.executable),
        variables={} if is_ours else {"PATH": f"{ours}{os.pathsep}{path}"},
    )


def _virtual(manager: EnvManager, definition: Definition, say: Progress) -> Environment:
    wanted = virtual.plan(manager, definition, say)

    def make(folder: Path, lock: int) -> Mapping[str, object]:
        say(f"Making the environment with Python {wanted.interpreter.version}.")
        wanted.make(folder, lock, say)
        say("The environment is ready.")
        return {"remarks": wanted.remarks}

    folder, _ = cache.make_once(_content(wanted), make, say)
    return activated(manager, folder, tuple(wanted.remarks))


def _with_conda(written: CondaFile, say: Progress) -> Environment:
    conda = find_conda()
    if conda is None:
        raise missing()
    found = conda

    def make(folder: Path, lock: int) -> Mapping[str, object]:
        say(f"Making the environment of {written.file.name} with {found.creator.name}.")
        found.make(written, folder, lock, say)
        say("The environment is ready.")
        return {}

    content = {
        **_machine(EnvManager.CONDA),
        "channels": written.channels,
        "dependencies": [spec.text for spec in written.specs],
        "requirements": _lines(written.pip),
    }
    folder, _ = cache.make_once(content, make, say)
    return Environment(
        EnvManager.CONDA,
        found.activation(folder),
        python if (python := cache.python_in(folder)).exists() else None,
        dict(written.variables),
        written.remarks,
    )


def activated(manager: EnvManager, folder: Path, remarks: tuple[str, ...]) -> Environment:
    """Return the virtual environment in a folder, with the line that activates it."""
    python = cache.python_in(folder)
    script = shlex.quote(str(python.with_name("activate")))
    return Environment(manager, f"source {script}", python, remarks=remarks)


def _content(wanted: virtual.VirtualEnvironment) -> Mapping[str, object]:
    """What the environment is made from: all that would make another one if it were different."""
    return {
        **_machine(wanted.manager),
        "python": str(wanted.interpreter.version),
        "build": _lines(wanted.definition.build),
        "requirements": _lines(wanted.definition.requirements),
    }


def _machine(manager: EnvManager) -> Mapping[str, object]:
    return {
        "format": _FORMAT,
        "manager": manager,
        "implementation": platform.python_implementation(),
        "platform": f"{sys.platform}-{platform.machine()}",
    }


def _lines(requirements: Requirements) -> list[list[str]]:
    return [
        [line.text for line in requirements.lines],
        [line.text for line in requirements.constraints],
        [
            digest(line.path, is_editable=line.text.startswith("--editable"))
            for line in requirements.lines
            if line.path
        ],
    ]


def _teller(progress: Progress | None, is_cancelled: Callable[[], bool] | None) -> Progress:
    def say(line: str) -> None:
        if is_cancelled is not None and is_cancelled():
            raise InvalidState("Cancelled while the environment was made.")
        if line and progress is not None:
            progress(line)

    return say
