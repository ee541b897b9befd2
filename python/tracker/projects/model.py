"""What the parts of the projects engine hand to each other. Frozen, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class EnvManager(StrEnum):
    """How a project's environment is made. `AUTO` takes what the project defines."""

    AUTO = "auto"
    LOCAL = "local"
    UV = "uv"
    VIRTUALENV = "virtualenv"
    CONDA = "conda"
    DOCKER = "docker"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A project's files on this machine.

    `uri` is what the user gave, `folder` the project's own folder with `#subfolder` applied.
    `origin` is the URL without credentials, or the absolute path of a local folder. `commit` and
    `branch` are known for git; `branch` only where the version asked for names one.
    """

    uri: str
    folder: Path
    origin: str
    subfolder: str = ""
    version: str | None = None
    commit: str | None = None
    branch: str | None = None
    is_local: bool = True


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in a project's file that is odd but no failure: shown, never raised."""

    message: str
    file: str = "MLproject"
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter. `type` is as written; `default` is None where a value must be given."""

    name: str
    type: str = "string"
    default: object | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """One thing that a project can run.

    `command` is a template with `{name}` placeholders, or None where a file is run: then `script`
    is that file's posix path in the project (.py, .sh, .R, .ipynb).
    """

    name: str
    command: str | None = None
    script: str | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


class EnvironmentKind(StrEnum):
    """What a project says it needs."""

    NOTHING = "nothing"
    PYTHON = "python_env"
    REQUIREMENTS = "requirements"
    CONDA = "conda"
    DOCKER = "docker"


@dataclass(frozen=True, slots=True)
class DockerSpec:
    """`docker_env`: volumes as `host:container[:mode]`; environment names alone copy the host's."""

    image: str
    volumes: tuple[str, ...] = ()
    environment: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """Where a project's environment is defined: `file` lies inside the project's folder."""

    kind: EnvironmentKind = EnvironmentKind.NOTHING
    file: Path | None = None
    docker: DockerSpec | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """What a project's folder says of itself."""

    name: str | None
    folder: Path
    entry_points: Mapping[str, EntryPoint] = field(default_factory=dict)
    environment: EnvironmentSpec = field(default_factory=EnvironmentSpec)
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """An entry point with its parameters resolved: a line for the shell, every value quoted.

    `params` are the values as the user means them (unquoted), defaults included, in the order in
    which they are declared, undeclared ones last. `notebook` is set where a notebook is executed:
    then `line` is what papermill would be told, for people only. `remarks` warn of values that do
    not look like their type, and of names that are not declared.
    """

    line: str
    params: Mapping[str, str]
    entry_point: str
    notebook: Path | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment that is there. `activate` is a line for the shell before the command, or "".

    `python` is its interpreter where it has one of its own; `variables` are set for the child.
    `remarks` say what was done in another way than the project asks for.
    """

    manager: EnvManager
    activate: str = ""
    python: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be executed: shown by `--dry-run` and by the question before a first run."""

    checkout: Checkout
    project: Project
    command: Command
    env_manager: EnvManager
