"""The cell that papermill, and whoever parametrises notebooks as it does, puts into a notebook.

A kernel sees sources and no tags, so the cell is known by its shape, which is papermill's own: the
comment `# Parameters` and below it nothing but assignments of literals.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tracker.capture.cellsource import parse
from tracker.capture.parameters import find_parameters
from tracker.capture.session import ExecutedCell

_FIRST_LINE = "# Parameters"


def is_injected(source: str) -> bool:
    """Whether this is the source of a cell of injected parameters."""
    if source.lstrip().partition("\n")[0].rstrip() != _FIRST_LINE:
        return False
    tree = parse(source)
    if tree is None or not tree.body:
        return False
    return all(isinstance(node, ast.Assign | ast.AnnAssign) for node in tree.body)


def injected_params(cells: Iterable[ExecutedCell]) -> dict[str, str]:
    """Return the params that were injected into the session, as text; the last value wins."""
    found: dict[str, str] = {}
    for cell in cells:
        if is_injected(cell.source):
            found |= {each.name: each.text for each in find_parameters(cell.source)}
    return found
