"""The same questions put to MLflow and to us, answered in the same form."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.projects import _project_spec

from tests.projects.oracle.case import Case
from tracker.errors import TrackerError
from tracker.projects.command import build_command
from tracker.projects.model import EnvironmentKind
from tracker.projects.spec import entry_point_of, read_project

Answer = dict[str, object]
_load: Any = _project_spec.load_project  # MLflow says nothing of its types


def of_mlflow(case: Case, folder: Path, storage: Path) -> Answer:
    """What MLflow makes of a case. A crash is an error that begins with the exception's name."""
    answer: Answer = {}

    def ask() -> None:
        project = _load(str(folder))
        answer["name"] = project.name
        answer["environment"] = (project.env_type, _plain(project.env_config_path, folder))
        answer["entry_points"] = [str(name) for name in project._entry_points]
        entry = project.get_entry_point(case.entry)
        answer["declared"] = {
            str(name): (parameter.type, parameter.default)
            for name, parameter in entry.parameters.items()
        }
        entry._validate_parameters(dict(case.params))
        line = entry.compute_command(dict(case.params), str(storage))
        answer["command"] = _plain(line, folder)
        answer["params"] = _unquoted(entry.compute_parameters(dict(case.params), None))

    return _asked(ask, answer, folder, lambda error: not isinstance(error, MlflowException))


def of_ours(case: Case, folder: Path, storage: Path) -> Answer:
    """What we make of a case."""
    answer: Answer = {}

    def ask() -> None:
        project = read_project(folder)
        kind, file = project.environment.kind, project.environment.file
        answer["name"] = project.name
        answer["environment"] = (_kind(kind), _plain(file, folder))
        answer["entry_points"] = list(project.entry_points)
        entry = entry_point_of(project, case.entry)
        answer["declared"] = {
            name: (parameter.type, parameter.default)
            for name, parameter in entry.parameters.items()
        }
        command = build_command(project, case.entry, case.params, storage_dir=storage)
        answer["command"] = _plain(command.line, folder)
        answer["params"] = dict(command.params)

    return _asked(ask, answer, folder, lambda error: not isinstance(error, TrackerError))


def _asked(
    ask: Callable[[], None],
    answer: Answer,
    folder: Path,
    is_crash: Callable[[Exception], bool],
) -> Answer:
    try:
        ask()
    except Exception as error:
        name = f"{type(error).__name__}: " if is_crash(error) else ""
        answer.clear()
        answer["error"] = _plain(f"{name}{error}", folder)
    return answer


def _kind(kind: EnvironmentKind) -> str:
    """MLflow calls a project without an environment one of Python that needs nothing."""
    if kind is EnvironmentKind.NOTHING:
        return "python_env"
    return f"{kind}_env" if kind in (EnvironmentKind.CONDA, EnvironmentKind.DOCKER) else str(kind)


def _plain(text: Any, folder: Path) -> str | None:
    return None if text is None else str(text).replace(str(folder), "<project>")


def _unquoted(params: tuple[Mapping[str, str], Mapping[str, str]]) -> dict[str, str]:
    """MLflow gives its parameters as they are quoted for the shell."""
    declared, extra = params
    found = {name: _word(value) for name, value in declared.items()}
    return {**found, **{_word(name): _word(value) for name, value in extra.items()}}


def _word(text: str) -> str:
    (word,) = shlex.split(text)
    return word
