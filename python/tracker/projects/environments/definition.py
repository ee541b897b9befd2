"""What an environment is made from, read out of a project's files. Nothing is executed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tracker.errors import InvalidValue
from tracker.projects import yamlfile
from tracker.projects.environments.requirements import (
    Bounds,
    Requirements,
    bounds,
    inside,
    read_file,
    read_lines,
)
from tracker.projects.model import EnvironmentKind, Project

_PYTHON_ENV_KEYS = {"python", "build_dependencies", "dependencies"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A Python version as asked for (None: any), and what is installed first and then.

    `file` is where it was written, for messages; `remarks` say what was read with a grain of salt.
    """

    python: str | None = None
    build: Requirements = field(default_factory=Requirements)
    requirements: Requirements = field(default_factory=Requirements)
    file: Path | None = None
    remarks: tuple[str, ...] = ()


def read_definition(project: Project) -> Definition:
    """Return what `python_env.yaml` or `requirements.txt` asks for, or nothing.

    Raises InvalidValue where the file is missing, lies outside of the project or is not understood.
    """
    file = project.environment.file
    if file is None:
        return Definition()
    within = bounds(project.folder)
    inside([file], within, None)
    if project.environment.kind is EnvironmentKind.REQUIREMENTS:
        return Definition(requirements=read_file(file, within), file=file)
    return _read_python_env(file, within)


def _read_python_env(file: Path, within: Bounds) -> Definition:
    try:
        parsed = yamlfile.parse(yamlfile.read_text(file), file.name)
    except OSError as error:
        raise InvalidValue(f"{file} cannot be read: {error.strerror or error}.") from error
    if parsed is None:
        return Definition(file=file)
    if not parsed.is_mapping:
        raise InvalidValue(f"{file} holds no keys such as `dependencies:`.")
    unknown = sorted(parsed.entries.keys() - _PYTHON_ENV_KEYS)
    remarks = [f"{file.name}: the key {key!r} means nothing and was ignored." for key in unknown]
    python = parsed.entries.get("python")
    return Definition(
        # As written: of `python: 3.10`, YAML makes the number 3.1.
        python=(python.written if python and python.value is not None else "") or None,
        build=_dependencies(parsed, "build_dependencies", file, within),
        requirements=_dependencies(parsed, "dependencies", file, within),
        file=file,
        remarks=tuple(remarks),
    )


def _dependencies(parsed: yamlfile.Entry, key: str, file: Path, within: Bounds) -> Requirements:
    lines = parsed.value.get(key) or []
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise InvalidValue(f"{file}: `{key}` must be a list of requirements.")
    return read_lines(lines, file, within)
