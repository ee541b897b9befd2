"""Answers as a table for people, as plain columns for pipes, as JSON for programs."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Sequence

import click

from tracker.cli.frame import is_terminal
from tracker.rendering.wording import clean

WIDEST_CELL = 60
"""Characters of a cell on a terminal; pipes get all of it."""
NARROW_CELL = 9
"""Characters of a column that is never cut: ids, states, times."""
_WHOLE = 1_000_000


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a header; what a store holds is cleaned of control characters first."""
    widest = WIDEST_CELL if is_terminal() else _WHOLE
    cells = [[clean(cell, widest) for cell in row] for row in (header, *rows)]
    if is_terminal():
        _print_rich(cells)
    else:
        _print_plain(cells)


def print_json(value: object) -> None:
    """Print a value as `to_json` writes it."""
    click.echo(to_json(value))


def to_json(value: object) -> str:
    """Return a value as JSON; NaN and the infinities travel as text, as on the wire."""
    return json.dumps(_finite(value), indent=2)


def _print_plain(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _print_rich(rows: Sequence[Sequence[str]]) -> None:
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    screen = shutil.get_terminal_size().columns
    table = Table(box=None, pad_edge=False, header_style="bold")
    columns = [list(column) for column in zip(*rows, strict=True)]
    widths = _fitted([max(map(cell_len, column)) for column in columns], screen)
    for (title, *_), width in zip(columns, widths, strict=True):
        table.add_column(Text(title), width=width, no_wrap=True, overflow="ellipsis")
    for row in rows[1:]:
        # Text, not str: rich would read [brackets] of a name as markup.
        table.add_row(*map(Text, row))
    Console(width=max(screen, sum(widths) + 2 * len(widths))).print(table)


def _fitted(widths: list[int], screen: int) -> list[int]:
    """Return the widths of columns, the widest cut until all of them fit or none is wide."""
    gaps = 2 * (len(widths) - 1)
    while sum(widths) + gaps > screen and max(widths) > NARROW_CELL:
        widths[widths.index(max(widths))] -= 1
    return widths


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return value
