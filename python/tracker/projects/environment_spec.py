"""What an MLproject says of its environment: at most one of conda_env, python_env, docker_env."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NoReturn

from tracker.errors import InvalidValue
from tracker.projects.model import DockerSpec, EnvironmentKind, EnvironmentSpec
from tracker.projects.yamlfile import Entry

_KEYS: Final = ("docker_env", "python_env", "conda_env")
_KINDS: Final = {"python_env": EnvironmentKind.PYTHON, "conda_env": EnvironmentKind.CONDA}
_WANTED_VARIABLES: Final = (
    "environment must be a list containing either strings (to copy environment variables from host "
    "system) or lists of string pairs (to define new environment variables), e.g.: "
    '[["NEW_VAR", "new_value"], "VAR_TO_COPY_FROM_HOST"]'
)
_IN_FOLDER: Final = (
    ("python_env.yaml", EnvironmentKind.PYTHON),
    ("conda.yaml", EnvironmentKind.CONDA),
    ("requirements.txt", EnvironmentKind.REQUIREMENTS),
)
"""Files that define an environment where the MLproject names none; the last one beyond MLflow."""


def environment(folder: Path, top: Entry, file: str) -> EnvironmentSpec:
    """Return where a project's environment is defined; its file is there, but not read.

    Raises InvalidValue.
    """
    named = [key for key in _KEYS if key in top.entries]
    if len(named) > 1:
        raise InvalidValue(
            f"Project cannot contain multiple environment fields: {', '.join(named)} in {file}."
        )
    for key in named:
        entry = top.entries[key]
        if not entry.value:
            continue
        if key == "docker_env":
            return EnvironmentSpec(EnvironmentKind.DOCKER, docker=_docker(entry, file))
        return EnvironmentSpec(_KINDS[key], _named_file(folder, key, entry, file))
    return _in_folder(folder)


def _in_folder(folder: Path) -> EnvironmentSpec:
    for name, kind in _IN_FOLDER:
        if (folder / name).is_file():
            return EnvironmentSpec(kind, folder / name)
    return EnvironmentSpec()


def _named_file(folder: Path, key: str, entry: Entry, file: str) -> Path:
    if not isinstance(entry.value, str):
        _refuse(file, entry, f"{key} must name a file")
    path = folder / entry.value
    if not path.exists():
        what = "python_env" if key == "python_env" else "conda environment"
        raise InvalidValue(
            f"Project specified {what} file {path}, but no such file was found "
            f"({file}, line {entry.line})."
        )
    if not path.is_file():
        _refuse(file, entry, f"{key} must name a file, and {entry.value} is none")
    return path


def _docker(entry: Entry, file: str) -> DockerSpec:
    if not entry.is_mapping:
        _refuse(file, entry, "docker_env must say `image: ...`")
    image = entry.entries.get("image")
    if image is None or not image.value:
        _refuse(file, entry, "Docker environment specified but no image attribute found")
    return DockerSpec(str(image.value), _volumes(entry, file), _variables(entry, file))


def _volumes(docker: Entry, file: str) -> tuple[str, ...]:
    entry = docker.entries.get("volumes")
    if entry is None or not entry.value:
        return ()
    if isinstance(entry.value, list) and all(isinstance(item, str) for item in entry.value):
        return tuple(entry.value)
    _refuse(
        file,
        entry,
        'Docker volumes must be a list of strings, e.g.: ["/path1/:/path1", "/path2/:/path2"]',
    )


def _variables(docker: Entry, file: str) -> tuple[tuple[str, str | None], ...]:
    """Return the variables: a name alone is one to be copied from the host."""
    entry = docker.entries.get("environment")
    if entry is None or not entry.value:
        return ()
    items = entry.value if isinstance(entry.value, list) else [None]
    found: list[tuple[str, str | None]] = []
    for item in items:
        if isinstance(item, str):
            found.append((item, None))
        elif isinstance(item, list) and len(item) == 2:
            found.append((str(item[0]), str(item[1])))
        else:
            _refuse(file, entry, _WANTED_VARIABLES)
    return tuple(found)


def _refuse(file: str, entry: Entry, reason: str) -> NoReturn:
    raise InvalidValue(
        f"Project configuration (MLproject file) was invalid: {reason} ({file}, line {entry.line})."
    )
