"""The cells of two runs, and any two texts, side by side as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from tracker.capture.findings import cell_name
from tracker.capture.session import ExecutedCell
from tracker.diff.model import CellDifference, CodeDifference, Line, Segment
from tracker.rendering.html import LINE, MUTED
from tracker.rendering.wording import clean, printable

CONTEXT = 2
"""Equal lines that are shown around those that differ."""
MOST_LINES = 400
"""Lines of one text that are shown."""
LONGEST_LINE = 500
_ADDED = "background:rgba(46,158,79,.16)"
_REMOVED = "background:rgba(224,67,58,.14)"
_WORD_ADDED = "background:rgba(46,158,79,.32);text-decoration:none;border-radius:2px"
_WORD_REMOVED = "background:rgba(224,67,58,.3);text-decoration:none;border-radius:2px"
_CODE = (
    "font-family:var(--jp-code-font-family,ui-monospace,monospace);white-space:pre-wrap;"
    "overflow-wrap:anywhere;text-align:left;vertical-align:top;border:0;padding:0 8px;"
    "font-size:12px;line-height:1.5"
)
_NUMBER = f"{_CODE};{MUTED};text-align:right;user-select:none;width:1%;white-space:nowrap"


def code_state(code: CodeDifference) -> str:
    """Return in words how the code of two runs differs."""
    if not code.is_known:
        return "not kept by one of the runs"
    if code.is_equal:
        return f"the same in {_cells(len(code.cells))}"
    kinds = [cell.kind for cell in code.changed]
    moved = sum(cell.kind == "equal" for cell in code.changed)
    parts = [
        f"{_cells(kinds.count(kind))} {word}"
        for kind, word in (("changed", "changed"), ("added", "added"), ("removed", "removed"))
        if kind in kinds
    ]
    if moved:
        parts.append(f"{_cells(moved)} run in another order")
    same = len(code.cells) - len(kinds)
    return ", ".join(parts) + (f", {same} the same" if same else "")


def _cells(number: int) -> str:
    return "1 cell" if number == 1 else f"{number} cells"


def code_html(code: CodeDifference) -> tuple[str, str]:
    """Return how the code differs in words, and the cells that do ("" where none does)."""
    return code_state(code), "".join(_cell(cell) for cell in code.changed)


def cell_title(cell: CellDifference) -> str:
    """Return which cell this is, and what became of it, in words."""
    if cell.left is None or cell.right is None:
        one = cell.right or cell.left
        assert one is not None
        return f"{_named(one)}: {cell.kind}"
    first, second = cell_name(cell.left), cell_name(cell.right)
    name = first if first == second else f"{first} and {second}"
    what = "run in another order" if cell.kind == "equal" else cell.kind
    moved = ", run in another order" if cell.is_moved and cell.kind != "equal" else ""
    return f"{name}: {what}{moved}"


def _named(cell: ExecutedCell) -> str:
    lines = [line for line in cell.source.split("\n") if line.strip()]
    return f"{cell_name(cell)} `{clean(lines[0], 50)}`" if lines else cell_name(cell)


def _cell(cell: CellDifference) -> str:
    title = f'<div style="margin-top:4px;{MUTED}">{escape(cell_title(cell))}</div>'
    return title + lines_html(cell_lines(cell))


def cell_lines(cell: CellDifference) -> Sequence[Line]:
    """Return the lines to show of a cell: of one that only one run has, all of them."""
    if cell.left is not None and cell.right is not None:
        return cell.lines
    only = cell.right or cell.left
    assert only is not None
    lines = only.source.split("\n")
    if cell.right is not None:
        return [Line("added", right=(Segment(line, True),), right_number=n)
                for n, line in enumerate(lines, 1)]  # fmt: skip
    return [Line("removed", left=(Segment(line, True),), left_number=n)
            for n, line in enumerate(lines, 1)]  # fmt: skip


def near_changes(lines: Sequence[Line]) -> Iterator[Line | None]:
    """Yield the lines that differ and some around them; None where others were left out."""
    changed = [index for index, line in enumerate(lines) if line.kind != "equal"]
    wanted = {near for index in changed for near in range(index - CONTEXT, index + CONTEXT + 1)}
    last = -1
    for shown, index in enumerate(sorted(wanted & set(range(len(lines))))):
        if shown == MOST_LINES:
            yield None
            return
        if index != last + 1:
            yield None
        last = index
        yield lines[index]
    if changed and last < len(lines) - 1:
        yield None


def lines_html(lines: Sequence[Line]) -> str:
    """Return two texts side by side, only what differs and a little around it."""
    rows = "".join(_rows(near_changes(lines)))
    if not rows:
        return ""
    return (
        f'<table style="border-collapse:collapse;width:100%;table-layout:auto;border:{LINE};'
        f'margin:2px 0"><tbody>{rows}</tbody></table>'
    )


def _rows(lines: Iterable[Line | None]) -> Iterator[str]:
    for line in lines:
        if line is None:
            yield f'<tr style="background:none"><td colspan="4" style="{_CODE};{MUTED}">…</td></tr>'
            continue
        left = _side(line.left, line.left_number, line.kind, is_left=True)
        right = _side(line.right, line.right_number, line.kind, is_left=False)
        yield f'<tr style="background:none">{left}{right}</tr>'


def _side(segments: Sequence[Segment], at: int | None, kind: str, *, is_left: bool) -> str:
    colour = "" if kind == "equal" or at is None else f";{_REMOVED if is_left else _ADDED}"
    shown = "".join(_segment(segment, kind, is_left) for segment in _cut(segments))
    number = "" if at is None else str(at)
    return (
        f'<td style="{_NUMBER}{colour}">{number}</td>'
        f'<td style="{_CODE};width:49%{colour}">{shown}</td>'
    )


def _segment(segment: Segment, kind: str, is_left: bool) -> str:
    code = escape(printable(segment.text), quote=True)
    if not segment.is_changed:
        return code
    element = "del" if is_left else "ins"
    style = "text-decoration:none"
    if kind == "changed":
        style = _WORD_REMOVED if is_left else _WORD_ADDED
    return f'<{element} style="{style}">{code}</{element}>'


def _cut(segments: Sequence[Segment]) -> Iterator[Segment]:
    room = LONGEST_LINE
    for segment in segments:
        if room <= 0:
            yield Segment("…", False)
            return
        yield Segment(segment.text[:room], segment.is_changed)
        room -= len(segment.text)
