"""Answers as a table for people, as plain columns for pipes, as JSON for programs."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Sequence

import click

from tracker.cli.frame import is_terminal
from tracker.display.wording import clean

WIDEST_CELL = 60
"""Characters of a cell on a terminal; pipes get all of it."""
NARROW_CELL = 12
"""Characters of a column that is never cut: ids, states, times."""
_WHOLE = 1_000_000


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a header; what a store holds is cleaned of control characters first."""
    if is_terminal():
        _print_rich(header, [[clean(cell, WIDEST_CELL) for cell in row] for row in rows])
    else:
        _print_plain([list(header), *([clean(cell, _WHOLE) for cell in row] for row in rows)])


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


def _print_rich(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, *cells in zip(header, *rows, strict=True):
        # A row is a line: long texts give way to a narrow screen and end in dots.
        width = max(map(len, [title, *cells]))
        table.add_column(
            Text(title),
            no_wrap=True,
            overflow="ellipsis",
            min_width=width if width <= NARROW_CELL else None,
        )
    for row in rows:
        # Text, not str: rich would read [brackets] of a name as markup.
        table.add_row(*(Text(cell) for cell in row))
    Console(width=shutil.get_terminal_size().columns).print(table)


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return value
