"""Putting an export together: script, environment, MLproject, README, files."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

import yaml

from tracker.errors import InvalidValue
from tracker.export import folder as folders
from tracker.export.cells import ExecutedCell, Piece, choose
from tracker.export.files import Gathered, gather
from tracker.export.imports import RUNTIME
from tracker.export.offers import ExportParameter
from tracker.export.readme import readme
from tracker.export.requirements import (
    Requirements,
    environment_files,
    imported_modules,
    plotting_needs,
    requirements,
)
from tracker.export.script import Script, write_script
from tracker.export.secrets import find_secrets

_SCANNED = frozenset({".py", ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".txt", ".env"})
_LARGEST_SCANNED = 1_000_000


@dataclass(frozen=True, slots=True)
class ExportResult:
    """An export that was written.

    `files` are posix names in `folder`; `remarks` say what could not be taken along as it was.
    """

    folder: Path
    entry_point: str
    parameters: tuple[ExportParameter, ...]
    files: tuple[str, ...]
    remarks: tuple[str, ...]


def to_mlproject(
    folder: str | PurePath,
    cells: Iterable[ExecutedCell],
    *,
    name: str | None = None,
    notebook_name: str | None = None,
    base_folder: str | PurePath = ".",
    namespace: Mapping[str, object] | None = None,
    run_id: str | None = None,
    force: bool = False,
    allow_secrets: bool = False,
) -> ExportResult:
    """Write executed cells as an MLproject that `mlflow run` executes, and tell what is in it.

    `base_folder` is where the cells ran: local modules and data files are taken from there.
    `namespace` has values of variables, by which more file names can be told. With `run_id` only
    what that run may depend on is exported.

    Raises InvalidValue where nothing was executed, where the sources hold secrets (unless
    `allow_secrets`) and where `folder` holds something else (unless `force`); NotFound if no cell
    was the run.
    """
    target, base = Path(folder).absolute(), Path(base_folder).absolute()
    folders.check(target, base, force=force)
    pieces, remarks = choose(cells, run_id)
    if not pieces:
        raise InvalidValue("No cell has been executed yet: run the notebook, then export it.")
    title = name or (PurePath(notebook_name).stem if notebook_name else target.name)
    script = write_script(pieces, title=_title(title, notebook_name))
    gathered = gather(base, script.trees, namespace or {}, but=target)
    if not allow_secrets:
        _refuse_secrets(pieces, gathered)
    needs = _requirements(script, gathered)
    remarks = list(dict.fromkeys([*remarks, *script.remarks, *gathered.remarks, *needs.remarks]))
    texts = _texts(title, notebook_name, script, gathered, needs, remarks)
    copies = {name: path for name, path in gathered.copies.items() if name not in texts}
    files = folders.write(target, texts, copies, _facts(notebook_name, pieces))
    return ExportResult(target, "main", tuple(script.parameters), tuple(files), tuple(remarks))


def _texts(
    title: str,
    notebook_name: str | None,
    script: Script,
    gathered: Gathered,
    needs: Requirements,
    remarks: Sequence[str],
) -> dict[str, str]:
    """The files that the export writes itself, by name."""
    entry = _script_name(gathered)
    texts = {
        **gathered.texts,
        **environment_files(needs.lines, _plain_name(title)),
        "MLproject": mlproject(title, entry, script.parameters),
        entry: script.text,
        f"{RUNTIME}.py": Path(__file__).with_name(f"{RUNTIME}.py").read_text(encoding="utf-8"),
    }
    files = sorted([*gathered.copies, *texts])
    texts["README.md"] = readme(
        title, notebook_name, entry, script.pieces, script.parameters, files, remarks
    )
    return texts


def export_session(
    folder: str | PurePath | None,
    cells: Iterable[ExecutedCell],
    *,
    notebook_name: str | None = None,
    base_folder: str | PurePath = ".",
    namespace: Mapping[str, object] | None = None,
    run_id: str | None = None,
    force: bool = False,
    allow_secrets: bool = False,
) -> ExportResult:
    """Do what `%mlexport [FOLDER]` asks for: without a folder, `<notebook>-project` is made.

    A relative `folder` is one below `base_folder`. Raises as `to_mlproject` does.
    """
    stem = PurePath(notebook_name).stem if notebook_name else "notebook"
    return to_mlproject(
        Path(base_folder) / (folder or f"{stem}-project"),
        cells,
        notebook_name=notebook_name,
        base_folder=base_folder,
        namespace=namespace,
        run_id=run_id,
        force=force,
        allow_secrets=allow_secrets,
    )


def mlproject(name: str, script: str, parameters: Sequence[ExportParameter]) -> str:
    """The text of the MLproject file; its command keeps any value as it is."""
    # With `=` between them a value that starts with a dash is no option of its own, and an empty
    # one is there; MLflow quotes what it puts into the braces.
    options = "".join(f" --{parameter.name}={{{parameter.name}}}" for parameter in parameters)
    main: dict[str, object] = {}
    if parameters:
        main["parameters"] = {parameter.name: _declared(parameter) for parameter in parameters}
    main["command"] = f"python {shlex.quote(script)}{options}"
    project = {"name": name, "python_env": "python_env.yaml", "entry_points": {"main": main}}
    return yaml.safe_dump(project, sort_keys=False, width=10**6)


def _declared(parameter: ExportParameter) -> dict[str, object]:
    plain = isinstance(parameter.default, bool | int | float | str)
    # `default: null` would mean that a value must be given.
    declared = {"type": parameter.type, "default": parameter.default if plain else parameter.text}
    return {**declared, "description": parameter.help} if parameter.help else declared


def _title(title: str, notebook_name: str | None) -> str:
    day = datetime.now(UTC).date().isoformat()
    source = (
        f"what {notebook_name} executed" if notebook_name else "the executed cells of a notebook"
    )
    return f"{title}: {source}, exported by tracker on {day}."


def _plain_name(title: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", title).strip("-.") or "notebook"


def _script_name(gathered: Gathered) -> str:
    taken = {name.partition("/")[0] for name in [*gathered.copies, *gathered.texts]}
    if "main" in gathered.local or "main.py" in taken:
        return "notebook_main.py"
    return "main.py"


def _requirements(script: Script, gathered: Gathered) -> Requirements:
    trees: list[ast.Module] = [*script.trees, *gathered.trees]
    modules = imported_modules(trees)
    modules |= plotting_needs(trees, modules)
    needed = {name for name in modules if name.partition(".")[0] not in gathered.local}
    return requirements(needed, script.installs)


def _refuse_secrets(pieces: Sequence[Piece], gathered: Gathered) -> None:
    found = [
        f"{piece.name}, {secret}" for piece in pieces for secret in find_secrets(piece.whole_source)
    ]
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


def _facts(notebook_name: str | None, pieces: Sequence[Piece]) -> dict[str, object]:
    return {
        "notebook": notebook_name,
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "cells": [
            {"order": piece.order, "cell_id": piece.cell_id, "name": piece.name} for piece in pieces
        ],
    }
