"""Short ways to fill a store, for the tests of the contract."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence

import pytest

from tracker.entities import MetricHistory
from tracker.store import Store

MISSING = "0123456789abcdef0123456789abcdef"
BAD_KEYS = ["", "x" * 251, "/a", "a/", "a//b", "../a", "a/../b", ".", "..", "a\nb", "a?", "\ud800"]


def new_run(
    store: Store,
    run_name: str | None = None,
    start_time: int | None = None,
    tags: Mapping[str, str] | None = None,
) -> str:
    run = store.create_run("0", run_name=run_name, start_time=start_time, tags=tags)
    return run.info.run_id


def log(store: Store, run_id: str, key: str, values: Sequence[float], first_step: int = 0) -> None:
    for step, value in enumerate(values, first_step):
        store.log_metric(run_id, key, value, 1000 + step, step)


def names(
    store: Store, filter_string: str = "", order_by: Sequence[str] = (), max_results: int = 1000
) -> list[str]:
    found = store.search_runs(
        None, filter_string=filter_string, order_by=order_by, max_results=max_results
    )
    return [run.info.run_name for run in found]


def assert_points(history: MetricHistory, values: Sequence[float]) -> None:
    assert history.values.tolist() == pytest.approx(values, nan_ok=True)
    assert len(history.steps) == len(history.timestamps) == len(values)


def as_in_a_database(value: float) -> float:
    """Return a value as MLflow's database keeps it: the largest float for infinity, one zero."""
    if math.isinf(value):
        return math.copysign(sys.float_info.max, value)
    return value + 0.0
