"""A notebook's file, never executed, as cells to export: read in any version of the format.

Cells stand in the order of the file. A cell tagged `injected-parameters` (papermill's) gives its
values to the one tagged `parameters`.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tracker.capture.cellsource import cell_magic, parse, plain_python, runs_python, split_lines
from tracker.capture.parameters import find_parameters, override
from tracker.capture.session import ExecutedCell
from tracker.errors import InvalidValue, NotFound
from tracker.export.cellcode import python_body

LARGEST_NOTEBOOK = 200_000_000
"""Bytes; outputs make notebooks long, sources never do."""

_PYTHON_2 = [
    (re.compile(r"^\s*print\s+[^=(\s]|^\s*print\s*$|^\s*print\s*>>"), "Python 2's print statement"),
    (re.compile(r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:"), "Python 2's `except E, name`"),
    (re.compile(r"^\s*raise\s+\w+\s*,"), "Python 2's `raise E, text`"),
    (re.compile(r"^\s*exec\s+['\"]"), "Python 2's exec statement"),
    (re.compile(r"\b0[0-7]+\b|\b\d+[lL]\b"), "Python 2's number"),
    (re.compile(r"<>|`[^`]+`"), "an operator of Python 2"),
    (re.compile(r"\bur(['\"])"), "Python 2's `ur` string"),
]


@dataclass(slots=True)
class NotebookFile:
    """The code of a notebook's file, and its words.

    `notes` are the texts of the markdown cells by the id of the code cell below them; the last
    ones, with no cell below, stand under "". `unreadable` says which cells Python cannot read, and
    why; they are among `cells` all the same.
    """

    name: str
    cells: list[ExecutedCell] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def read_notebook(path: Path) -> NotebookFile:
    """Read a notebook's file. Raises NotFound, InvalidValue if it is no notebook in Python."""
    content = _content(path)
    language = _language(content)
    if language and not language.lower().startswith(("python", "ipython", "sage", "xpython")):
        raise InvalidValue(
            f"{path.name} is a notebook in {language}: only those in Python can be exported."
        )
    result = NotebookFile(path.name)
    waiting: list[str] = []
    tagged: list[tuple[ExecutedCell, list[str]]] = []
    for number, cell in enumerate(map(_mapping, content["cells"]), start=1):
        source = _text(cell.get("source"))
        if cell.get("cell_type") == "markdown" and source.strip():
            waiting.append(source.strip("\n"))
        if cell.get("cell_type") != "code" or not source.strip():
            continue
        made = _cell(number, cell, source)
        tagged.append((made, _tags(cell)))
        if waiting and made.cell_id:
            result.notes[made.cell_id] = "\n\n".join(waiting)
            waiting = []
        trouble = _unreadable(source)
        if trouble:
            result.unreadable.append(f"cell {number}{trouble}")
    if waiting:
        result.notes[""] = "\n\n".join(waiting)
    result.cells = _with_injected(tagged)
    return result


def notes_of(path: Path) -> dict[str, str]:
    """The `notes` of a notebook's file; none where it cannot be read."""
    try:
        return read_notebook(path).notes
    except (NotFound, InvalidValue):
        return {}


def _content(path: Path) -> Mapping[str, Any]:
    """The notebook as nbformat 4 has it."""
    try:
        if path.stat().st_size > LARGEST_NOTEBOOK:
            raise InvalidValue(f"{path} is larger than {LARGEST_NOTEBOOK / 1e6:.0f} MB.")
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise NotFound(f"Cannot read the notebook {path}: {error.strerror}.") from error
    except ValueError as error:
        raise InvalidValue(f"{path} is no notebook: {error}.") from error
    if not isinstance(content, dict) or not ("cells" in content or "worksheets" in content):
        raise InvalidValue(f"{path} is no notebook: it has neither cells nor worksheets.")
    if content.get("nbformat") == 4:
        return {**content, "cells": _list(content.get("cells"))}
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about ids that an old notebook cannot have
            upgraded: Mapping[str, Any] = nbformat.reads(json.dumps(content), as_version=4)
    except Exception as error:  # whatever a broken file makes the conversion stumble over
        version = content.get("nbformat")
        raise InvalidValue(f"{path} (format {version}) cannot be upgraded: {error}.") from error
    return {**upgraded, "cells": _list(upgraded.get("cells"))}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _language(content: Mapping[str, Any]) -> str:
    facts = _mapping(content.get("metadata"))
    kernel, info = _mapping(facts.get("kernelspec")), _mapping(facts.get("language_info"))
    return str(info.get("name") or kernel.get("language") or "")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _cell(number: int, cell: Mapping[str, Any], source: str) -> ExecutedCell:
    return ExecutedCell(
        order=number - 1,
        source=source,
        raw_source=source,
        cell_id=str(cell.get("id") or f"cell-{number}"),
    )


def _text(source: object) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source or "")


def _tags(cell: Mapping[str, Any]) -> list[str]:
    tags = _mapping(cell.get("metadata")).get("tags")
    return [str(tag) for tag in tags] if isinstance(tags, list) else []


def _with_injected(tagged: Sequence[tuple[ExecutedCell, list[str]]]) -> list[ExecutedCell]:
    cells = [cell for cell, _ in tagged]
    for place in range(len(tagged) - 1):
        (cell, tags), (injected, more) = tagged[place : place + 2]
        if "parameters" not in tags or "injected-parameters" not in more:
            continue
        values = {found.name: found.text for found in find_parameters(injected.source)}
        if values.keys() <= {found.name for found in find_parameters(cell.source)}:
            source = override(cell.source, values)
            cells[place] = replace(cell, source=source, raw_source=source)
            cells.remove(injected)
    return cells


def _unreadable(source: str) -> str:
    """Where and why Python cannot read a cell, or "" if it can."""
    magic = cell_magic(source)
    if magic is not None and not runs_python(source):
        return ""
    body = python_body(source)
    plain = plain_python(body)
    if parse(plain) is not None:
        return ""
    shift = len(split_lines(source)) - len(split_lines(body))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(plain)
    except SyntaxError as error:
        line = split_lines(plain)[(error.lineno or 1) - 1].strip()
        return f", line {(error.lineno or 1) + shift}: {_reason(line, error)}: {line[:80]}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f": {error}"
    return ""


def _reason(line: str, error: SyntaxError) -> str:
    for pattern, words in _PYTHON_2:
        if pattern.search(line):
            return words
    return error.msg
