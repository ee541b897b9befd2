"""How much each param matters for a metric, as a forest tells: asked of a process of its own."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import tracker
from tracker.entities import Run
from tracker.errors import InvalidState, StoreError
from tracker.server.fields import as_object, text, texts
from tracker.server.wire import ImportanceAnswer, ImportanceRow
from tracker.store.base import Store

RUNS_LIMIT = 1000
PARAMS_LIMIT = 50
FEWEST_RUNS = 10
"""Fewer runs than this and what a forest finds is chance."""
SECONDS_LIMIT = 60

_BUSY = threading.Lock()
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Column = list[float | str | None]


def parse_importance(body: object) -> tuple[str, list[str], str]:
    """Return folder, run ids and metric of a `wire.ImportanceRequest`. Raises InvalidValue."""
    fields = as_object(body, "The request")
    run_ids = texts(fields, "run_ids", RUNS_LIMIT) or []
    return text(fields, "folder"), run_ids, text(fields, "metric")


def importance(store: Store, run_ids: Sequence[str], metric: str) -> ImportanceAnswer:
    """Answer an ImportanceRequest. Raises NotFound, InvalidState where one is computed already."""
    runs = [run for run in map(store.get_run, run_ids) if _is_finite(run.data.metrics.get(metric))]
    columns = param_columns(runs)
    answer: ImportanceAnswer = {
        "state": "computed",
        "params": [],
        "score": None,
        "runs": len(runs),
        "left_out": max(0, len(columns) - PARAMS_LIMIT),
    }
    if find_spec("sklearn") is None:
        return {**answer, "state": "not_installed"}
    if len(runs) < FEWEST_RUNS:
        return {**answer, "state": "too_few_runs"}
    if not columns:
        return {**answer, "state": "no_params"}
    kept = dict(list(columns.items())[:PARAMS_LIMIT])
    found = _ask(kept, [run.data.metrics[metric] for run in runs])
    rows: list[ImportanceRow] = [
        {"key": key, "importance": value, "spread": found["spreads"][key]}
        for key, value in found["importances"].items()
    ]
    rows.sort(key=lambda row: -row["importance"])
    return {**answer, "params": rows, "score": found["score"]}


def param_columns(runs: Sequence[Run]) -> dict[str, Column]:
    """Return the values of the params in which the runs differ: numbers if all are, else texts."""
    keys = sorted({key for run in runs for key in run.data.params})
    columns = {key: _column([run.data.params.get(key) for run in runs]) for key in keys}
    return {key: column for key, column in columns.items() if len(set(column)) > 1}


def _column(values: Sequence[str | None]) -> Column:
    numbers = [None if value is None else _number(value) for value in values]
    is_numeric = all(
        value is None or number is not None for value, number in zip(values, numbers, strict=True)
    )
    return [*numbers] if is_numeric else [*values]


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _ask(columns: Mapping[str, Column], metric: Sequence[float]) -> dict[str, Any]:
    if not _BUSY.acquire(blocking=False):
        raise InvalidState("Another forest is growing on this server. Try again in a moment.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tracker.server.comparison.forest"],
            input=json.dumps({"columns": columns, "metric": metric}),
            # Modules are looked for in the working folder first: it must be nobody's but ours.
            cwd=Path(tracker.__file__).parents[1],
            env={**os.environ, **_ONE_THREAD},
            capture_output=True,
            text=True,
            timeout=SECONDS_LIMIT,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise StoreError(
            f"The forest took longer than {SECONDS_LIMIT} s. Compare fewer runs."
        ) from None
    except subprocess.CalledProcessError as error:
        last = error.stderr.strip().rpartition("\n")[2][:500]
        raise StoreError(f"scikit-learn could not grow the forest: {last}") from error
    finally:
        _BUSY.release()
    return answer
