"""Executed cells for tests, as the session's log has them."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.capture.session import ExecutedCell


def executed(*cells: str | tuple[str, str]) -> list[ExecutedCell]:
    """Cells run one after the other; a pair names the cell's id, a text is a cell of its own."""
    pairs = [(f"c{n}", cell) if isinstance(cell, str) else cell for n, cell in enumerate(cells)]
    return [_cell(order, cell_id, text) for order, (cell_id, text) in enumerate(pairs)]


def failed(cells: Sequence[ExecutedCell], source: str, cell_id: str) -> list[ExecutedCell]:
    """The same session after a further cell that ended with an exception."""
    order = len(cells)
    return [*cells, ExecutedCell(order, source, source, order + 1, cell_id, succeeded=False)]


def _cell(order: int, cell_id: str, text: str) -> ExecutedCell:
    source = text.partition("\n")[2] if text.startswith("%%track") else text
    return ExecutedCell(order, source, text, order + 1, cell_id)
