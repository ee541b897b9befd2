"""Runs beside one another as plain text, for terminals and for viewers that show no HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracker.diff.model import Difference, Line, MetricRow, Row, Segment, differing
from tracker.entities import Run
from tracker.rendering.codediff import (
    LONGEST_LINE,
    cell_lines,
    cell_title,
    code_state,
    near_changes,
)
from tracker.rendering.comparison import MOST_ROWS, metric_change, rows_state
from tracker.rendering.wording import clean, number, printable

_WIDEST = 40


def render(difference: Difference) -> str:
    """Return the comparison as lines of text without control characters."""
    runs = difference.runs
    names = [clean(run.info.run_name or run.info.run_id, _WIDEST) for run in runs]
    lines = [f"{names[0]} beside {', '.join(names[1:])}"]
    lines += _facts("Params", "param", names, difference.params)
    lines += _metrics(names, difference.metrics)
    lines += _codes(difference, names)
    lines += _findings(difference, names)
    lines += _outputs(difference, runs, names)
    lines += _facts("Data sets", "data set", names, difference.datasets)
    lines += _facts("Packages", "package", names, difference.packages)
    lines += _facts("Environment", "fact", names, difference.environment)
    lines += _facts("Git", "fact", names, difference.git)
    return "\n".join(lines)


def _facts(title: str, what: str, names: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    differ = differing(rows)
    yield ""
    yield f"{title}: {rows_state(len(differ), len(rows) - len(differ), what)}"
    table = [[clean(row.name, _WIDEST), *map(_value, row.values)] for row in differ[:MOST_ROWS]]
    yield from _table(names, table)


def _value(value: str | None) -> str:
    return "-" if value is None else clean(value, _WIDEST)


def _metrics(names: Sequence[str], rows: Sequence[MetricRow]) -> Iterator[str]:
    if not rows:
        return
    differ = sum(row.differs for row in rows)
    yield ""
    yield f"Metrics: {rows_state(differ, len(rows) - differ, 'metric')}"
    shown = sorted(rows, key=lambda row: not row.differs)[:MOST_ROWS]
    yield from _table(names, [[clean(row.name, _WIDEST), *_measured(row)] for row in shown])


def _measured(row: MetricRow) -> Iterator[str]:
    for index, value in enumerate(row.values):
        if value is None:
            yield "-"
            continue
        change = metric_change(value, row.values[0] if index else None)
        yield f"{number(value.last)} ({change})" if change else number(value.last)


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    table = [["", *names], *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  " + "  ".join(padded).rstrip()


def _codes(difference: Difference, names: Sequence[str]) -> Iterator[str]:
    for name, code in zip(names[1:], difference.code, strict=True):
        of = f" of {names[0]} and {name}" if len(names) > 2 else ""
        yield ""
        yield f"Code{of}: {code_state(code)}"
        for cell in code.changed:
            yield f"  {clean(cell_title(cell), 200)}"
            yield from _lines(cell_lines(cell))


def _lines(lines: Sequence[Line]) -> Iterator[str]:
    for line in near_changes(lines):
        if line is None:
            yield "      ..."
        elif line.kind == "equal":
            yield f"      {_joined(line.left)}"
        else:
            if line.left_number is not None:
                yield f"    - {_joined(line.left)}"
            if line.right_number is not None:
                yield f"    + {_joined(line.right)}"


def _joined(segments: Sequence[Segment]) -> str:
    line = printable("".join(segment.text for segment in segments)).replace("\n", " ")
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def _findings(difference: Difference, names: Sequence[str]) -> Iterator[str]:
    for name, findings in zip(names, difference.findings, strict=True):
        if findings:
            yield ""
            yield f"Findings on {name}:"
            yield from (f"  - {clean(finding.text, 300)}" for finding in findings)


def _outputs(difference: Difference, runs: Sequence[Run], names: Sequence[str]) -> Iterator[str]:
    first = difference.outputs[0]
    if not any(each.text or each.pictures for each in difference.outputs):
        return
    yield ""
    yield f"Outputs: {'the same' if all(o == first for o in difference.outputs) else 'differ'}"
    for name, lines in zip(names[1:], difference.texts, strict=True):
        if any(line.kind != "equal" for line in lines):
            yield f"  {names[0]} and {name}"
            yield from _lines(lines)
    if any(each.pictures for each in difference.outputs):
        counts = (f"{name} {len(o.pictures)}" for name, o in zip(names, difference.outputs,
                                                                 strict=True))  # fmt: skip
        yield f"  figures: {', '.join(counts)}"
