"""Putting an export together: script or notebook, environment, MLproject, README, files."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Literal

import yaml

from tracker.errors import InvalidValue
from tracker.export import folder as folders
from tracker.export import notebook_form
from tracker.export.cells import Piece, choose
from tracker.export.files import Gathered, gather
from tracker.export.imports import RUNTIME
from tracker.export.offers import ExportParameter, Selection
from tracker.export.program import Program, write_program
from tracker.export.readme import readme
from tracker.export.requirements import (
    Requirements,
    environment_files,
    imported_modules,
    plotting_needs,
    requirements,
)
from tracker.export.script import script_text
from tracker.export.secrets import find_secrets
from tracker.export.source import Source

_SCANNED = frozenset({".py", ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".txt", ".env"})
_LARGEST_SCANNED = 1_000_000
_ENTRY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}\Z")

Form = Literal["script", "notebook"]
FORMS: tuple[Form, ...] = ("script", "notebook")


def never(question: str) -> bool:
    """The answer where nobody can be asked."""
    return False


@dataclass(frozen=True, slots=True)
class Options:
    """How an export is written.

    `name` is the project's, `entry` its entry point's; `selection` chooses the parameters. `force`
    replaces files that no export wrote, `allow_secrets` exports what looks like passwords.
    `confirm` is asked before large files are copied and before cells are left out that Python
    cannot read.
    """

    name: str | None = None
    form: Form = "script"
    entry: str = "main"
    selection: Selection = field(default_factory=Selection)
    force: bool = False
    allow_secrets: bool = False
    confirm: Callable[[str], bool] = never


@dataclass(frozen=True, slots=True)
class ExportResult:
    """An export that was written.

    `files` are posix names in `folder`; `remarks` say what could not be taken along as it was;
    `candidates` are all values that could be parameters, likely ones first. `cells` are names of
    the executions it is made of, in order.
    """

    folder: Path
    entry_point: str
    parameters: tuple[ExportParameter, ...]
    files: tuple[str, ...]
    remarks: tuple[str, ...]
    candidates: tuple[ExportParameter, ...] = ()
    cells: tuple[str, ...] = ()


def write_project(folder: Path, source: Source, options: Options) -> ExportResult:
    """Write the source's cells as an MLproject that `mlflow run` executes, tell what is in it.

    Raises InvalidValue where nothing was executed, where the sources hold secrets or cells that
    Python cannot read (unless allowed) and where `folder` holds something else (unless forced);
    NotFound if no cell was the run.
    """
    _check(options)
    folders.check(folder, source.base, force=options.force)
    remarks = [*source.remarks, *_readable(source, options)]
    pieces, more = choose(source.cells, source.run_id, source.targets)
    if not pieces:
        raise InvalidValue(_NOTHING_IN_FILE if source.is_file else _NOTHING_EXECUTED)
    program = write_program(pieces, options.selection, as_notebook=options.form == "notebook")
    gathered = _gathered(folder, source, program, options)
    if not options.allow_secrets:
        _refuse_secrets(pieces, source.notes, gathered)
    needs = _requirements(program, gathered, options.form)
    everything = [*remarks, *more, *program.remarks, *gathered.remarks, *needs.remarks]
    export = _Export(
        folder, source, options, program, gathered, needs, [*dict.fromkeys(everything)]
    )
    texts = export.texts()
    copies = {name: path for name, path in gathered.copies.items() if name not in texts}
    files = folders.write(folder, texts, copies, _facts(source, pieces))
    return ExportResult(
        folder,
        options.entry,
        tuple(program.parameters),
        tuple(files),
        tuple(export.remarks),
        tuple(program.candidates),
        tuple(piece.name for piece in program.pieces),
    )


def _gathered(folder: Path, source: Source, program: Program, options: Options) -> Gathered:
    return gather(
        source.base,
        program.trees,
        source.namespace,
        but=folder,
        run=program.files,
        confirm=options.confirm,
    )


_NOTHING_EXECUTED = "No cell has been executed yet: run the notebook, then export it."
_NOTHING_IN_FILE = "The notebook has no cell with code: there is nothing to export."


def _check(options: Options) -> None:
    if options.form not in FORMS:
        raise InvalidValue(f"Export as {options.form!r}? There are: {', '.join(FORMS)}.")
    if not _ENTRY.match(options.entry):
        raise InvalidValue(
            f"The entry point cannot be called {options.entry!r}: use letters, digits, _ and -, "
            "a letter first."
        )


def _readable(source: Source, options: Options) -> list[str]:
    """Remarks on cells that Python cannot read, which somebody agreed to leave out."""
    if not source.unreadable:
        return []
    listing = "\n".join(f"  {place}" for place in source.unreadable)
    told = f"Python cannot read these cells of {source.notebook_name}:\n{listing}\n"
    if not options.confirm(f"{told}Leave them out of the project, as comments?"):
        raise InvalidValue(
            f"Nothing was exported. {told}Mend them, or agree (--yes) to have them left out as "
            "comments."
        )
    return [f"Left out {place}." for place in source.unreadable]


@dataclass(slots=True)
class _Export:
    """The parts of an export before it is written."""

    folder: Path
    source: Source
    options: Options
    program: Program
    gathered: Gathered
    needs: Requirements
    remarks: list[str]

    def texts(self) -> dict[str, str]:
        """The files that the export writes itself, by name."""
        notebook = self.source.notebook_name
        title = self.options.name or (PurePath(notebook).stem if notebook else self.folder.name)
        entry, parameters = self._entry_file(), self.program.parameters
        texts = {
            **self.gathered.texts,
            **environment_files(self.needs.lines, _plain_name(title)),
            "MLproject": mlproject(title, self._command(entry), parameters, self.options.entry),
            entry: self._code(title),
            f"{RUNTIME}.py": Path(__file__).with_name(f"{RUNTIME}.py").read_text(encoding="utf-8"),
        }
        files = sorted([*self.gathered.copies, *texts])
        is_file = self.source.is_file
        texts["README.md"] = readme(
            title, notebook, entry, self.program, files, self.remarks, is_file=is_file
        )
        return texts

    def _code(self, title: str) -> str:
        told, notes = _title(title, self.source), self.source.notes
        if self.options.form == "notebook":
            return notebook_form.notebook_text(self.program, title=told, notes=notes)
        return script_text(self.program, title=told, notes=notes)

    def _command(self, entry: str) -> str:
        if self.options.form == "notebook":
            return notebook_form.command(entry, self.program.parameters)
        return script_command(entry, self.program.parameters)

    def _entry_file(self) -> str:
        """The script's or notebook's name: the entry point's, unless a file has that."""
        suffix = ".ipynb" if self.options.form == "notebook" else ".py"
        stem = self.options.entry
        gathered = self.gathered
        taken = {name.partition("/")[0] for name in [*gathered.copies, *gathered.texts]}
        if stem in {*gathered.local, RUNTIME} or f"{stem}{suffix}" in taken:
            stem = f"notebook_{stem}"
        return f"{stem}{suffix}"


def script_command(script: str, parameters: Sequence[ExportParameter]) -> str:
    """The command that runs a script; it keeps any value as it is."""
    # With `=` between them a value that starts with a dash is no option of its own, and an empty
    # one is there; MLflow quotes what it puts into the braces.
    options = "".join(f" --{parameter.name}={{{parameter.name}}}" for parameter in parameters)
    return f"python {shlex.quote(script)}{options}"


def mlproject(
    name: str, command: str, parameters: Sequence[ExportParameter], entry: str = "main"
) -> str:
    """The text of the MLproject file."""
    point: dict[str, object] = {}
    if parameters:
        point["parameters"] = {parameter.name: _declared(parameter) for parameter in parameters}
    point["command"] = command
    project = {"name": name, "python_env": "python_env.yaml", "entry_points": {entry: point}}
    return yaml.safe_dump(project, sort_keys=False, allow_unicode=True, width=10**6)


def _declared(parameter: ExportParameter) -> dict[str, object]:
    plain = isinstance(parameter.default, bool | int | float | str)
    # `default: null` would mean that a value must be given.
    declared = {"type": parameter.type, "default": parameter.default if plain else parameter.text}
    return {**declared, "description": parameter.help} if parameter.help else declared


def _title(title: str, source: Source) -> str:
    day = datetime.now(UTC).date().isoformat()
    verb = "holds" if source.is_file else "executed"
    name = source.notebook_name
    words = f"what {name} {verb}" if name else "the executed cells of a notebook"
    return f"{title}: {words}, exported by tracker on {day}."


def _plain_name(title: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", title).strip("-.") or "notebook"


def _requirements(program: Program, gathered: Gathered, form: Form) -> Requirements:
    trees: list[ast.Module] = [*program.trees, *gathered.trees]
    modules = imported_modules(trees)
    modules |= plotting_needs(trees, modules)
    needed = {name for name in modules if name.partition(".")[0] not in gathered.local}
    runner = notebook_form.NEEDS if form == "notebook" else ()
    return requirements(needed, [*program.installs, *runner])


def _refuse_secrets(pieces: Sequence[Piece], notes: Mapping[str, str], gathered: Gathered) -> None:
    found = [
        f"{piece.name}, {secret}" for piece in pieces for secret in find_secrets(piece.whole_source)
    ]
    found += [f"text, {secret}" for words in notes.values() for secret in find_secrets(words)]
    for name, text in _scanned(gathered):
        found += [f"{name}, {secret}" for secret in find_secrets(text)]
    if found:
        listing = "\n".join(f"  {place}" for place in found[:20])
        raise InvalidValue(
            f"Nothing was exported, because the sources hold what looks like secrets:\n{listing}\n"
            "Read them from the environment instead (os.environ), run those cells again and "
            "export; or, if these are none, export with allow_secrets."
        )


def _scanned(gathered: Gathered) -> Iterable[tuple[str, str]]:
    yield from gathered.texts.items()
    for name, path in gathered.copies.items():
        if path.suffix in _SCANNED and path.stat().st_size <= _LARGEST_SCANNED:
            yield name, path.read_text(encoding="utf-8", errors="replace")


def _facts(source: Source, pieces: Sequence[Piece]) -> dict[str, object]:
    return {
        "notebook": source.notebook_name,
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "run_id": source.run_id,
        "cells": [
            {"order": piece.order, "cell_id": piece.cell_id, "name": piece.name} for piece in pieces
        ],
    }
