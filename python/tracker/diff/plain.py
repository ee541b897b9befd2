"""A comparison as JSON has it: what `Comparison.to_dict` gives, and what the panel is sent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tracker.capture import tags
from tracker.capture.session import ExecutedCell
from tracker.diff.model import (
    CellDifference,
    CodeDifference,
    Difference,
    Line,
    MetricRow,
    Outputs,
    Row,
    Segment,
)

Plain = dict[str, Any]


def as_plain(difference: Difference) -> Plain:
    """Return the comparison as dicts, lists, texts and numbers; NaN and infinities are texts.

    Of figures there are the paths among the run's artifacts.
    """
    return {
        "run_ids": [run.info.run_id for run in difference.runs],
        "run_names": [run.info.run_name for run in difference.runs],
        "params": _rows(difference.params),
        "metrics": [_metric(row) for row in difference.metrics],
        "environment": _rows(difference.environment),
        "packages": _rows(difference.packages),
        "git": _rows(difference.git),
        "datasets": _rows(difference.datasets),
        "code": [_code(code) for code in difference.code],
        "texts": [plain_lines(lines) for lines in difference.texts],
        "outputs": [_outputs(outputs) for outputs in difference.outputs],
        "findings": [
            [{"kind": found.kind, "text": found.text} for found in findings]
            for findings in difference.findings
        ],
    }


def _rows(rows: Sequence[Row]) -> list[Plain]:
    return [{"name": r.name, "values": list(r.values), "differs": r.differs} for r in rows]


def _metric(row: MetricRow) -> Plain:
    values = [_number(value.last) if value else None for value in row.values]
    return {"name": row.name, "values": values, "differs": row.differs}


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _code(code: CodeDifference) -> Plain:
    return {
        "is_known": code.is_known,
        "is_equal": code.is_equal,
        "cells": [_cell(cell) for cell in code.cells],
    }


def _cell(cell: CellDifference) -> Plain:
    return {
        "kind": cell.kind,
        "is_moved": cell.is_moved,
        "left": _executed(cell.left),
        "right": _executed(cell.right),
        "lines": plain_lines(cell.lines),
    }


def _executed(cell: ExecutedCell | None) -> Plain | None:
    if cell is None:
        return None
    return {
        "cell_id": cell.cell_id,
        "execution_count": cell.execution_count,
        "order": cell.order,
        "source": cell.source,
    }


def plain_lines(lines: Sequence[Line]) -> list[Plain]:
    """Return lines of two texts side by side."""
    return [
        {
            "kind": line.kind,
            "left": _segments(line.left),
            "right": _segments(line.right),
            "left_number": line.left_number,
            "right_number": line.right_number,
        }
        for line in lines
    ]


def _segments(segments: Sequence[Segment]) -> list[Plain]:
    return [{"text": segment.text, "is_changed": segment.is_changed} for segment in segments]


def _outputs(outputs: Outputs) -> Plain:
    paths = [f"{tags.FIGURES_FOLDER}/{picture.name}" for picture in outputs.pictures]
    return {"text": outputs.text, "figures": paths}
