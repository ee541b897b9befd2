"""A project's folder -> what its MLproject says, in every spelling that MLflow reads.

What MLflow accepts is accepted; what it drops in silence is a `Remark`. Nothing is executed, and
only the MLproject file itself is read: environment files are only looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from tracker.errors import InvalidValue, NotFound
from tracker.projects import remarks as odd
from tracker.projects.environment_spec import environment
from tracker.projects.model import Checkout, EntryPoint, Parameter, Project, Remark
from tracker.projects.yamlfile import Entry, is_lfs_pointer, parse, read_text

FILE: Final = "MLproject"
SCRIPTS: Final = (".py", ".sh", ".R", ".ipynb")
"""Endings of files that are entry points by themselves."""

_UNREAD_NAMES: Final = ("mlproject.yaml", "mlproject.yml", "mlproject.txt")
_ATTRIBUTES: Final = ".gitattributes"
_NOTHING: Final = Entry({}, 1)
_SHOWN_SCRIPTS: Final = 8


def project_of(checkout: Checkout) -> Project:
    """Return what a checkout's folder says; that of a stranger may not point out of what came.

    Raises as `read_project` does.
    """
    if checkout.is_local:
        return read_project(checkout.folder)
    depth = len(Path(checkout.subfolder).parts)
    root = [checkout.folder, *checkout.folder.parents][depth]
    project = read_project(checkout.folder, within=root)
    return replace(project, remarks=(*project.remarks, *_about_lfs(root)))


def read_project(folder: str | Path, *, within: Path | None = None) -> Project:
    """Return what the folder's MLproject says; without that file a project has no entry points.

    With `within`, files that the project names must lie in that folder. Raises NotFound where there
    is no such folder, InvalidValue where the file is wrong in a way that MLflow fails on too.
    """
    place = Path(folder).absolute()
    if not place.is_dir():
        raise NotFound(f"There is no folder {place}.")
    file, found = _find_file(place)
    if file is not None and _real(file, within) is None:
        raise InvalidValue(f"{file} is a link that leads out of the project.")
    name = FILE if file is None else file.name
    top, more = (_NOTHING, []) if file is None else _read(file)
    entry_points, others = _entry_points(top, name)
    where = environment(place, top, name)
    if where.file is not None and _real(where.file, within) is None:
        raise InvalidValue(f"{name} names {where.file}, which lies outside of the project.")
    title = top.entries.get("name")
    return Project(
        name=None if title is None or title.value is None else str(title.value),
        folder=place,
        entry_points=entry_points,
        environment=where,
        remarks=tuple(
            Remark(remark.message, name, remark.line)
            for remark in [*found, *more, *_about_top(top), *others]
        ),
    )


def entry_point_of(project: Project, name: str) -> EntryPoint:
    """Return the entry point of that name, declared or a script file of the project.

    Raises NotFound where there is neither, InvalidValue for a script outside the project's folder.
    """
    declared = project.entry_points.get(name)
    if declared is not None:
        return declared
    if Path(name).suffix not in SCRIPTS:
        raise NotFound(_no_entry_point(project, name))
    file = (project.folder / name).resolve()
    if not file.is_relative_to(project.folder.resolve()):
        raise InvalidValue(f"The script {name} lies outside of the project {project.folder}.")
    if not file.is_file():
        raise NotFound(_no_file(project, name))
    return EntryPoint(name=name, script=Path(name).as_posix())


def _about_lfs(root: Path) -> Iterator[Remark]:
    """Say that git-lfs was not run for a repository that uses it."""
    try:
        text = read_text(root / _ATTRIBUTES)
    except (OSError, InvalidValue):
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if "filter=lfs" in line.split():
            message = (
                "files that git-lfs keeps elsewhere were not fetched; a project that needs them is "
                "run from a clone of your own"
            )
            yield Remark(message, _ATTRIBUTES, number)
            return


def _find_file(folder: Path) -> tuple[Path | None, list[Remark]]:
    """Return the MLproject file, whatever the case of its name, and what else looks like one."""
    named = sorted(
        (path for path in folder.iterdir() if path.name.lower() == FILE.lower()),
        key=lambda path: (path.name != FILE, path.name),
    )
    files = [path for path in named if not path.is_dir()]
    remarks = [
        Remark(f"{path.name} is a folder and is not read") for path in named if path.is_dir()
    ]
    remarks += [Remark(f"{path.name} is not read: {files[0].name} is") for path in files[1:]]
    if not files:
        remarks += [
            Remark(f"{path.name} is not read: the file must be called {FILE}")
            for path in sorted(folder.iterdir())
            if path.name.lower() in _UNREAD_NAMES
        ]
    return (files[0] if files else None), remarks


def _read(file: Path) -> tuple[Entry, list[Remark]]:
    try:
        text = read_text(file)
    except OSError as error:
        raise InvalidValue(f"{file} cannot be read: {error.strerror}.") from error
    if is_lfs_pointer(text):
        message = "this is a pointer of git-lfs and not the file itself: run `git lfs pull`"
        return _NOTHING, [Remark(message, line=1)]
    top = parse(text, str(file))
    if top is None:
        return _NOTHING, [Remark("the file is empty", line=1)]
    if not top.is_mapping:
        raise InvalidValue(
            f"{file} must hold keys and values such as `name:` and `entry_points:`, "
            f"and holds {_kind(top)}."
        )
    return top, []


def _about_top(top: Entry) -> Iterator[Remark]:
    yield from odd.unknown_keys(top, odd.PROJECT_KEYS, "at the top of the file")
    docker = top.entries.get("docker_env")
    if docker is not None and docker.is_mapping:
        yield from odd.unknown_keys(docker, odd.DOCKER_KEYS, "inside docker_env")
    spark = top.entries.get("databricks_spark_job")
    if spark is not None:
        yield Remark("databricks_spark_job needs Databricks and is not read here", line=spark.line)


def _entry_points(top: Entry, file: str) -> tuple[dict[str, EntryPoint], list[Remark]]:
    block = top.entries.get("entry_points")
    if block is None:
        return {}, []
    if block.value is None:
        return {}, [Remark("entry_points is empty", line=block.line)]
    _demand_mapping(block, "entry_points", "a mapping of names to entry points", file)
    remarks = list(odd.repeated_keys(block, "in entry_points"))
    found = {}
    for name, entry in block.entries.items():
        found[name], more = _entry_point(name, entry, file)
        remarks += more
    return found, remarks


def _entry_point(name: str, entry: Entry, file: str) -> tuple[EntryPoint, list[Remark]]:
    if entry.value is None:
        return EntryPoint(name), [Remark(f"entry point '{name}' is empty", line=entry.line)]
    _demand_mapping(entry, f"entry point '{name}'", "`parameters:` and `command:`", file)
    remarks = list(odd.unknown_keys(entry, odd.ENTRY_POINT_KEYS, f"in entry point '{name}'"))
    command, more = _command(name, entry)
    parameters, others = _parameters(name, entry, file)
    return EntryPoint(name, command, parameters=parameters), [*remarks, *more, *others]


def _command(name: str, entry: Entry) -> tuple[str | None, list[Remark]]:
    found = entry.entries.get("command")
    if found is None or found.value is None:
        return None, [Remark(f"entry point '{name}' has no command", line=entry.line)]
    if isinstance(found.value, str):
        return found.value, []
    message = f"the command of entry point '{name}' must be text and is {_kind(found)}"
    return None, [Remark(message, line=found.line)]


def _parameters(name: str, entry: Entry, file: str) -> tuple[dict[str, Parameter], list[Remark]]:
    block = entry.entries.get("parameters")
    if block is None or block.value is None:
        return {}, []
    what = f"the parameters of entry point '{name}'"
    _demand_mapping(
        block, what, "a mapping of names to types or to `{type: ..., default: ...}`", file
    )
    remarks = list(odd.repeated_keys(block, f"in {what}"))
    found = {}
    for key, value in block.entries.items():
        found[key], more = _parameter(key, value, file)
        remarks += more
    return found, remarks


def _parameter(name: str, entry: Entry, file: str) -> tuple[Parameter, list[Remark]]:
    if entry.value is None:
        return Parameter(name), [Remark(f"parameter '{name}' has no type", line=entry.line)]
    if isinstance(entry.value, str):
        remark = odd.odd_type(name, entry.value, entry.line)
        return Parameter(name, entry.value), [remark] if remark else []
    if not entry.is_mapping:
        raise InvalidValue(
            f"{file}, line {entry.line}: parameter '{name}' must say its type, not {_kind(entry)}. "
            f"Write `{name}: {{default: {entry.written or '...'}}}` for a default."
        )
    kind, default = entry.entries.get("type"), entry.entries.get("default")
    remarks = list(odd.unknown_keys(entry, odd.PARAMETER_KEYS, f"in parameter '{name}'"))
    written = "string" if kind is None or kind.value is None else str(kind.value)
    if kind is not None and (remark := odd.odd_type(name, written, kind.line)):
        remarks.append(remark)
    if default is not None and (remark := odd.surprising_value(name, default)):
        remarks.append(remark)
    help_text = entry.entries.get("description")
    return Parameter(
        name=name,
        type=written,
        default=None if default is None else default.value,
        description="" if help_text is None or help_text.value is None else str(help_text.value),
    ), remarks


def _demand_mapping(entry: Entry, what: str, wanted: str, file: str) -> None:
    if not entry.is_mapping:
        raise InvalidValue(
            f"{file}, line {entry.line}: {what} must be {wanted}, and is {_kind(entry)}."
        )


def _kind(entry: Entry) -> str:
    if isinstance(entry.value, list):
        return "a list"
    if isinstance(entry.value, str):
        return "text"
    return "a mapping" if entry.is_mapping else f"the value {entry.written}"


def _no_entry_point(project: Project, name: str) -> str:
    known = list(project.entry_points)
    message = (
        f"Could not find {name} among entry points {known} or interpret {name} as a runnable "
        f"script. Supported script file extensions: {list(SCRIPTS)}"
    )
    meant = odd.nearest(name, known)
    hints = [] if meant is None else [f"Did you mean '{meant}'?"]
    if not known:
        hints += [_sentence(told(remark)) for remark in project.remarks]
        hints += (
            [f"Name one of its files with -e: {files}."] if (files := _scripts(project)) else []
        )
    return " ".join([f"{message}.", *hints])


def _no_file(project: Project, name: str) -> str:
    message = f"There is no file {name} in the project {project.folder}."
    meant = odd.nearest(name, [*project.entry_points, *_script_names(project)])
    return message if meant is None else f"{message} Did you mean '{meant}'?"


def _script_names(project: Project) -> list[str]:
    """Return the files in the project's own folder that could be run."""
    return sorted(path.name for path in project.folder.iterdir() if path.suffix in SCRIPTS)


def _scripts(project: Project) -> str:
    names = _script_names(project)
    more = ", ..." if len(names) > _SHOWN_SCRIPTS else ""
    return ", ".join(names[:_SHOWN_SCRIPTS]) + more


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def told(remark: Remark) -> str:
    """Return a remark with its place, as a line for people."""
    place = remark.file if remark.line is None else f"{remark.file}, line {remark.line}"
    return f"{place}: {remark.message}"


def _real(file: Path, within: Path | None) -> Path | None:
    """Return the file if it really lies in the folder, links followed; always without a folder."""
    if within is None or file.resolve().is_relative_to(within.resolve()):
        return file
    return None
