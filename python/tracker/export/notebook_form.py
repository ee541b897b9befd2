"""The export as a parametrised notebook: a cell tagged `parameters`, then the cells in order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.export.cellcode import Style
from tracker.export.imports import RUNTIME
from tracker.export.offers import ExportParameter
from tracker.export.program import Program, default_text, parser

NEEDS = ("papermill", "ipykernel")
"""What running a notebook as an entry point takes."""

EXECUTED = "executed.ipynb"
"""The notebook with its outputs, in the folder where the project ran."""


def notebook_text(program: Program, *, title: str, notes: Mapping[str, str] | None = None) -> str:
    """Write the program as a notebook of format 4.5; `notes` as for a script."""
    notes = notes or {}
    cells = [_markdown("title", title), *_head(program)]
    for number, block in enumerate(program.blocks, start=1):
        words = notes.get(block.piece.cell_id or "-", "")
        if words:
            cells.append(_markdown(f"words-{number}", words))
        cells.append(_code(f"cell-{number}", block.code))
    if notes.get(""):
        cells.append(_markdown("words-last", notes[""]))
    content = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def command(notebook: str, parameters: Sequence[ExportParameter]) -> str:
    """The entry point's command. Values go as texts; the notebook's second cell reads them."""
    given = "".join(f" -r {parameter.name} {{{parameter.name}}}" for parameter in parameters)
    options = "--log-output --no-progress-bar -k python3"
    return f"papermill {notebook} {EXECUTED} {options}{given}"


def _head(program: Program) -> list[dict[str, Any]]:
    """The cells before the notebook's own: parameters, then what they need."""
    cells = []
    if program.parameters:
        lines = [
            f"{parameter.name} = {default_text(parameter.default)}"
            + (f"  # {parameter.help}" if parameter.help else "")
            for parameter in program.parameters
        ]
        cells.append(_code("parameters", "\n".join(lines), ["parameters"]))
    helpers = program.style.helpers
    lines = [*program.futures, *(f"import {module}" for module in program.modules)]
    lines.append(f"import {RUNTIME}" + (f" as {helpers}" if helpers != RUNTIME else ""))
    read = [_read(parameter, program.style) for parameter in program.parameters]
    if any(read):
        lines += ["", "# What papermill hands over are texts.", *filter(None, read)]
    if program.begin:
        lines += ["", program.begin]
    return [*cells, _code("begin", "\n".join(lines))]


def _read(parameter: ExportParameter, style: Style) -> str:
    kind = parser(parameter, style)
    name = parameter.name
    return f"{name} = {style.helpers}.typed({name}, {kind})" if kind else ""


def _code(cell_id: str, source: str, tags: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {"tags": list(tags)} if tags else {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def _markdown(cell_id: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}
