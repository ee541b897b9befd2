"""A notebook's file as a front end sent it: checked, bounded, and its code cells.

What arrives came over the wire from a browser: nothing about its shape is taken on trust.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tracker.capture.cellnames import CellNames
from tracker.capture.dataflow import names_of


@dataclass(frozen=True, slots=True)
class NotebookCell:
    """One code cell of the file."""

    cell_id: str | None
    source: str
    execution_count: int | None
    tags: tuple[str, ...] = ()

    @property
    def names(self) -> CellNames:
        """What its source reads and binds."""
        return names_of(self.source)


@dataclass(frozen=True, slots=True)
class NotebookFile:
    """The file: its text, and its code cells from top to bottom."""

    text: str
    cells: tuple[NotebookCell, ...]


def read_notebook(content: object, *, most: int) -> NotebookFile | None:
    """Return the notebook that nbformat 4's JSON object is; None where it is none.

    Where it has more than `most` bytes its outputs are left out; None where that is not enough.
    """
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        return None
    if content.get("nbformat") != 4:
        return None
    text = json.dumps(content, indent=1, ensure_ascii=False)
    if len(text) > most:
        text = json.dumps(_without_outputs(content), indent=1, ensure_ascii=False)
    if len(text) > most:
        return None
    return NotebookFile(text + "\n", tuple(_code_cells(content["cells"])))


def _without_outputs(content: Mapping[str, object]) -> dict[str, object]:
    cells = content["cells"]
    assert isinstance(cells, list)
    bare = [
        {**cell, "outputs": []} if isinstance(cell, dict) and "outputs" in cell else cell
        for cell in cells
    ]
    return {**content, "cells": bare}


def _code_cells(cells: list[object]) -> Iterator[NotebookCell]:
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source, cell_id = cell.get("source"), cell.get("id")
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        count = cell.get("execution_count")
        yield NotebookCell(
            cell_id if isinstance(cell_id, str) else None,
            source if isinstance(source, str) else "",
            count if type(count) is int else None,
            _tags(cell.get("metadata")),
        )


def _tags(metadata: object) -> tuple[str, ...]:
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tuple(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else ()
