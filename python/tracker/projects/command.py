"""An entry point and parameters -> the line for bash, every value quoted for its place."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Final

from tracker.errors import InvalidValue
from tracker.projects.model import Command, EntryPoint, Parameter, Project
from tracker.projects.quoting import ShellLine, Unquotable
from tracker.projects.remarks import CHECKED_TYPES, nearest
from tracker.projects.spec import entry_point_of, told
from tracker.projects.values import resolve

_BOOLEANS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "1", "0", "t", "f"})


def build_command(
    project: Project,
    entry_point_name: str,
    params: Mapping[str, object] | None = None,
    *,
    storage_dir: Path | None = None,
) -> Command:
    """Return what runs for an entry point of a project with these parameters.

    A remote value of a parameter of type `path` is downloaded below `storage_dir`; without that
    nothing is downloaded and the value stays as it is, which is for showing only.

    Raises NotFound where there is no such entry point, InvalidValue where it has no command, a
    parameter is missing or has a value that cannot be.
    """
    entry = entry_point_of(project, entry_point_name)
    given = {str(name): str(value) for name, value in (params or {}).items()}
    _demand_all(entry, given)
    declared = {
        name: given.get(name, str(parameter.default))
        for name, parameter in entry.parameters.items()
    }
    extra = {name: value for name, value in given.items() if name not in declared}
    values = {
        name: resolve(
            entry.parameters[name],
            value,
            folder=project.folder,
            is_default=name not in given,
            download_to=storage_dir / f"param_{index}" if storage_dir else None,
        )
        for index, (name, value) in enumerate(declared.items())
    }
    line, used = _line(project, entry, values, extra)
    return Command(
        line=line,
        params={**declared, **extra},
        entry_point=entry_point_name,
        notebook=_notebook(project, entry),
        remarks=tuple(_remarks(entry, declared, given, used)),
    )


def _demand_all(entry: EntryPoint, given: Mapping[str, str]) -> None:
    missing = [
        name
        for name, parameter in entry.parameters.items()
        if name not in given and parameter.default is None
    ]
    if missing:
        names = ", ".join(f"'{name}'" for name in missing)
        raise InvalidValue(
            f"No value given for missing parameters: {names}. Give them as in -P {missing[0]}=..."
        )
    if "" in given:
        raise InvalidValue(f"A parameter without a name was given the value '{given['']}'.")


def _notebook(project: Project, entry: EntryPoint) -> Path | None:
    if entry.script is None or not entry.script.endswith(".ipynb"):
        return None
    return project.folder / entry.script


def _line(
    project: Project, entry: EntryPoint, values: Mapping[str, str], extra: Mapping[str, str]
) -> tuple[str, set[str]]:
    """Return the line for bash, and the names of the parameters that stand in it."""
    if entry.script is not None:
        return _script_line(entry.script, extra), set(extra)
    if entry.command is None:
        about = [told(remark) for remark in project.remarks if f"'{entry.name}'" in remark.message]
        raise InvalidValue(". ".join([f"Entry point '{entry.name}' has no command", *about]) + ".")
    line, used = _filled(entry, entry.command, {**extra, **values})
    rest = {name: value for name, value in extra.items() if name not in used}
    if not rest:
        return line, used
    # What is appended belongs to the last command, not to a line of its own: a block of YAML ends
    # with a newline, and often somebody left a backslash before it.
    return " ".join([_open_ended(line), _options(entry, rest)]), used | set(rest)


def _open_ended(line: str) -> str:
    bare = line.rstrip()
    if "\n" not in line[len(bare) :] and not bare.endswith("\\"):
        return line
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return bare[:-1].rstrip() if backslashes % 2 else bare


def _options(entry: EntryPoint, extra: Mapping[str, str]) -> str:
    for name, value in extra.items():
        if "\0" in name + value:
            raise _bad_value(entry, name, "it holds a NUL character, which no argument can")
    return " ".join(f"--{shlex.quote(name)} {shlex.quote(value)}" for name, value in extra.items())


def _script_line(script: str, extra: Mapping[str, str]) -> str:
    # A file name must not be taken for an option.
    name = f"./{script}" if script.startswith("-") else script
    suffix = Path(script).suffix
    options = _options(EntryPoint(script), extra)
    if suffix == ".ipynb":
        pairs = (f"-p {shlex.quote(key)} {shlex.quote(value)}" for key, value in extra.items())
        return " ".join(["papermill", shlex.quote(name), *pairs])
    if suffix == ".R":
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        source = f'mlflow::mlflow_source("{quoted}")'
        start = f"Rscript -e {shlex.quote(source)} --args"
    else:
        program = "python" if suffix == ".py" else os.environ.get("SHELL") or "bash"
        start = f"{shlex.quote(program)} {shlex.quote(name)}"
    return f"{start} {options}".rstrip()


def _filled(entry: EntryPoint, template: str, values: Mapping[str, str]) -> tuple[str, set[str]]:
    """Return the template with its placeholders filled, and their names."""
    line = ShellLine()
    used = set()
    for literal, name in _pieces(entry, template):
        line.add(literal)
        if name is None:
            continue
        if name not in values:
            raise InvalidValue(_undeclared(entry, name, literal, values))
        try:
            line.add_value(values[name])
        except Unquotable as error:
            raise _bad_value(entry, name, str(error)) from error
        used.add(name)
    return str(line), used


def _pieces(entry: EntryPoint, template: str) -> Iterator[tuple[str, str | None]]:
    """Yield the template's own text and, where a placeholder follows it, that one's name."""
    try:
        for literal, name, spec, conversion in Formatter().parse(template):
            if spec or conversion not in (None, "s"):
                # They would cut or double the quotes that keep the value one argument.
                raise InvalidValue(
                    f"The command of entry point '{entry.name}' formats {{{name}}} with "
                    f"'{conversion or spec}'; parameters are put into commands as they are."
                )
            yield literal, name
    except ValueError as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue(
            f"The command of entry point '{entry.name}' has odd braces: {error}. Braces that are "
            "meant for the shell or the program are written twice, as in ${{HOME}}."
        ) from error


def _undeclared(entry: EntryPoint, name: str, before: str, values: Mapping[str, str]) -> str:
    message = (
        f"The command of entry point '{entry.name}' asks for {{{name}}}, which is no parameter "
        f"of it. Its parameters: {', '.join(values) or 'none'}."
    )
    if before.endswith("$"):
        return f"{message} For the shell's ${{{name}}} write ${{{{{name}}}}}."
    meant = nearest(name, values)
    return message if meant is None else f"{message} Did you mean {{{meant}}}?"


def _bad_value(entry: EntryPoint, name: str, reason: str) -> InvalidValue:
    return InvalidValue(
        f"The value of parameter '{name}' cannot be put into the command of entry point "
        f"'{entry.name}': {reason}."
    )


def _remarks(
    entry: EntryPoint, declared: Mapping[str, str], given: Mapping[str, str], used: set[str]
) -> Iterator[str]:
    for name, value in declared.items():
        parameter = entry.parameters[name]
        if not _looks_like(parameter, value):
            yield (
                f"parameter '{name}' is declared {parameter.type} and is given '{value}', which is "
                "passed as it is"
            )
        if name in given and name not in used:
            yield f"parameter '{name}' is declared, but the command does not use it"
    for name in given:
        meant = None if name in declared else nearest(name, [*declared])
        if meant is not None:
            yield f"parameter '{name}' is not declared, did you mean '{meant}'?"


def _looks_like(parameter: Parameter, value: str) -> bool:
    kind = CHECKED_TYPES.get(parameter.type)
    if kind == "bool":
        return value.lower() in _BOOLEANS
    if kind is None:
        return True
    try:
        int(value) if kind == "int" else float(value)
    except ValueError:
        return False
    return True
