"""The part of a table that somebody looks at."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.errors import InvalidValue

ROWS_LIMIT = 500
COLUMNS_LIMIT = 100
CELL_LENGTH = 300
"""Characters of a cell; what is longer is cut and ends in an ellipsis."""
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Window:
    """Rows and columns to read, counted from 0."""

    first_row: int = 0
    row_count: int = 100
    first_column: int = 0
    column_count: int = 50

    @property
    def rows(self) -> range:
        """The rows."""
        return range(self.first_row, self.first_row + self.row_count)

    @property
    def columns(self) -> range:
        """The columns."""
        return range(self.first_column, self.first_column + self.column_count)


def parse_window(row: str, rows: str, column: str, columns: str) -> Window:
    """Return the window that arguments of a request mean; '' is what usually fits."""
    return Window(
        _number("row", row, 0, _LARGEST),
        _number("rows", rows, 100, ROWS_LIMIT),
        _number("column", column, 0, _LARGEST),
        _number("columns", columns, 50, COLUMNS_LIMIT),
    )


def shown_cell(text: str) -> str:
    """Return a cell's text, cut where it is long."""
    return text if len(text) <= CELL_LENGTH else f"{text[: CELL_LENGTH - 1]}…"


def _number(name: str, text: str, usual: int, greatest: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= greatest):
        raise InvalidValue(f"{name} must be a number from 0 to {greatest}, not {text[:20]!r}.")
    return int(text)
