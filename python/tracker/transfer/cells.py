"""Values as cells of CSV that a spreadsheet shows and never runs, and back without loss.

A text that a spreadsheet would take for a formula gets an apostrophe in front, and so does one that
begins with an apostrophe itself. Whoever wants the exact text takes one leading apostrophe away.
Numbers stay numbers, also negative ones.
"""

from __future__ import annotations

from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet run a cell instead of showing it; the last are of full width."""
_MARK = "'"


def safe_cell(value: object) -> str:
    """Return a value as the text of a cell; None is the empty one."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value) if isinstance(value, float) else str(value)
    if value.startswith(_MARK) or (value.startswith(_FORMULA) and not _is_number(value)):
        return f"{_MARK}{value}"
    return value


def exact_text(cell: str) -> str:
    """Return the text that `safe_cell` was given."""
    return cell.removeprefix(_MARK)


def csv_line(values: Iterable[object]) -> str:
    """Return a row of CSV with its end."""
    return ",".join(_quoted(safe_cell(value)) for value in values) + "\n"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()


def _quoted(cell: str) -> str:
    # Python's csv leaves a lone carriage return bare, and readers then end the row there.
    if not any(character in cell for character in ',"\r\n'):
        return cell
    return '"' + cell.replace('"', '""') + '"'
