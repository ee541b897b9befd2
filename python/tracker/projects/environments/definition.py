"""What an environment is made from, read out of a project's files. Nothing is executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tracker.errors import InvalidValue
from tracker.projects.environments.requirements import (
    Bounds,
    Requirements,
    bounds,
    inside,
    read_file,
    read_lines,
)
from tracker.projects.model import EnvironmentKind, Project

_LARGEST_FILE = 1_000_000
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
    """Return what `python_env.yaml` or `requirements.txt` asks for.

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


def load_yaml(file: Path) -> Mapping[str, object]:
    """Return the mapping that a file holds. Every scalar stays text: `python: 3.10` is no number.

    Raises InvalidValue.
    """
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise InvalidValue(f"{file} is too large to define an environment.")
        data = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=_TextLoader)
    except (OSError, UnicodeError) as error:
        raise InvalidValue(f"{file} cannot be read: {error}.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidValue(f"{file} is not YAML: {error}") from error
    if data in (None, ""):
        return {}
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise InvalidValue(f"{file} holds no keys such as `dependencies:`.")
    return data


class _TextLoader(yaml.BaseLoader):
    """Reads scalars as text, and refuses aliases: a few lines of them can fill the memory."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not used in such a file")
        return super().compose_node(parent, index)


def _read_python_env(file: Path, within: Bounds) -> Definition:
    data = load_yaml(file)
    unknown = sorted(data.keys() - _PYTHON_ENV_KEYS)
    remarks = [f"{file.name}: the key {key!r} means nothing and was ignored." for key in unknown]
    python = data.get("python") or None
    if python is not None and not isinstance(python, str):
        raise InvalidValue(f"{file}: `python` must be a version such as 3.11.")
    return Definition(
        python=python,
        build=_dependencies(data, "build_dependencies", file, within),
        requirements=_dependencies(data, "dependencies", file, within),
        file=file,
        remarks=tuple(remarks),
    )


def _dependencies(data: Mapping[str, object], key: str, file: Path, within: Bounds) -> Requirements:
    lines = data.get(key) or []
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise InvalidValue(f"{file}: `{key}` must be a list of requirements.")
    return read_lines(lines, file, within)
