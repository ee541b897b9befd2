"""Runs side by side: the params and metrics in which they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tracker.cli.records import SHORT_ID
from tracker.entities import Run
from tracker.rendering.wording import number

_KINDS: dict[str, Callable[[Run], Mapping[str, Any]]] = {
    "params": lambda run: run.data.params,
    "metrics": lambda run: run.data.metrics,
}


def comparison(runs: Sequence[Run], *, show_all: bool) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of a table: a row a param or metric, a column a run."""
    header = ["", *(f"{run.info.run_name} ({run.info.run_id[:SHORT_ID]})" for run in runs)]
    rows = [
        [f"{kind}.{key}", *map(_shown, values)]
        for kind, read in _KINDS.items()
        for key, values in _values(runs, read, show_all=show_all).items()
    ]
    return header, rows


def comparison_record(runs: Sequence[Run], *, show_all: bool) -> dict[str, Any]:
    """Return kind -> key -> run id -> value; runs without the key are left out."""
    return {
        kind: {
            key: {
                run.info.run_id: value
                for run, value in zip(runs, values, strict=True)
                if value is not None
            }
            for key, values in _values(runs, read, show_all=show_all).items()
        }
        for kind, read in _KINDS.items()
    }


def _values(
    runs: Sequence[Run], read: Callable[[Run], Mapping[str, Any]], *, show_all: bool
) -> dict[str, list[Any]]:
    keys = sorted({key for run in runs for key in read(run)})
    rows = {key: [read(run).get(key) for run in runs] for key in keys}
    # Compared as they are written, for NaN is not even equal to itself.
    return {key: row for key, row in rows.items() if show_all or len(set(map(repr, row))) > 1}


def _shown(value: str | float | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else number(value)
