"""What making and using a project's environment would do, in lines for whoever is asked first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracker.projects.environments.condafile import CondaFile, read_conda_file
from tracker.projects.environments.condanames import PUBLIC_CHANNELS
from tracker.projects.environments.definition import Definition, read_definition
from tracker.projects.environments.installing import without_credentials
from tracker.projects.environments.requirements import Line, Requirements, bounds
from tracker.projects.model import DockerSpec, EnvironmentKind, Project

_FROM_URL = re.compile(r"(?:@\s*|^|--editable\s+)(?:[a-z0-9]+\+)?[a-z]+://", re.I)
_WHERE_FROM = {"--index-url", "--extra-index-url", "--find-links", "--trusted-host", "--no-index"}


def describe(project: Project) -> list[str]:
    """Return what the project's environment installs, from where, and what it is given.

    Whatever may run code of somebody else or take packages from elsewhere has its own line. The
    text is safe to print: no control characters, no passwords. Reads files, executes nothing.

    Raises InvalidValue where the definition cannot be understood.
    """
    spec = project.environment
    if spec.kind is EnvironmentKind.DOCKER and spec.docker:
        lines = _docker(spec.docker)
    elif spec.kind is EnvironmentKind.CONDA and spec.file:
        lines = _conda(read_conda_file(spec.file, bounds(project.folder)))
    else:
        lines = _definition(read_definition(project))
    return [_printable(line) for line in lines]


def _definition(definition: Definition) -> Iterator[str]:
    if definition.file is None:
        return
    if definition.python:
        yield f"uses Python {definition.python}"
    for requirements in (definition.build, definition.requirements):
        yield from _requirements(requirements)


def _conda(conda: CondaFile) -> Iterator[str]:
    yield from _list("installs", [spec.text for spec in conda.specs])
    for channel in conda.channels:
        if channel not in PUBLIC_CHANNELS:
            yield f"takes packages from the channel {channel}"
    yield from _requirements(conda.pip)
    yield from _list("sets", [f"{name}={value}" for name, value in conda.variables])


def _docker(docker: DockerSpec) -> Iterator[str]:
    yield f"runs in a container of the image {docker.image}"
    for volume in docker.volumes:
        yield f"lets the container use this machine's files: {volume}"
    copied = [name for name, value in docker.environment if value is None]
    yield from _list("gives the container your environment variables", copied)
    given = [f"{name}={value}" for name, value in docker.environment if value is not None]
    yield from _list("sets", given)


def _requirements(requirements: Requirements) -> Iterator[str]:
    plain = [line for line in requirements.lines if not _notes(line)]
    yield from _list("installs", [line.text for line in plain])
    for line in (*requirements.lines, *requirements.constraints):
        for note in _notes(line):
            yield f"{line.place}: {line.text} ({note})"


def _notes(line: Line) -> list[str]:
    """Say what is out of the ordinary about a line."""
    notes = []
    if line.option in _WHERE_FROM:
        notes.append("changes where packages are taken from")
    elif line.option:
        notes.append("changes how packages are chosen")
    elif line.path:
        notes.append("builds and installs files of the project")
    elif _FROM_URL.search(line.text):
        notes.append("installs what that address holds")
    elif " --" in line.text and not re.fullmatch(r"[^-]*( --hash\S+)+", line.text):
        notes.append("changes how it is built")
    notes += [f"sends your environment variable {name}" for name in line.variables]
    return notes


def _list(verb: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"{verb}: {', '.join(items)}"


def _printable(text: str) -> str:
    cleaned = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return without_credentials(cleaned)
