"""Params, metrics and tags of the active run.

`synchronous` is MLflow's and changes nothing here: a call takes microseconds and what it was given
is on disk when it returns. Where False is asked for, a finished operation to wait for is returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import time_ns
from typing import TYPE_CHECKING

from tracker.entities import Metric, Run
from tracker.errors import NotFound
from tracker.tracking import active
from tracker.tracking.losses import LOSS_ERRORS, note
from tracker.tracking.target import Target
from tracker.tracking.values import metric_value, metric_values, step_value, text_values

if TYPE_CHECKING:
    from tracker.tracking.data import Data

POINTS = "metric points"

_local = active.local


class RunOperations:
    """Operations that were asked for without waiting. They are done."""

    def wait(self) -> None:
        """Return at once."""


def answer(synchronous: bool | None) -> RunOperations | None:
    """Return what a log call returns: nothing, or a finished operation where one is wanted."""
    return RunOperations() if synchronous is False else None


def flush_async_logging() -> None:
    """Return at once: nothing is ever left to be written."""


def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Data | None = None,
) -> RunOperations | None:
    """Append one point to a metric; `timestamp` in ms, now by default; `step` 0 by default.

    Starts a run where none is active. Raises InvalidValue for a value that is no number.
    """
    # The hot path: a value of the active run, now. Everything else goes the long way.
    if timestamp is None and run_id is None and model_id is None and dataset is None:
        stack = _local.stack
        run = stack[-1] if stack else active.current()
        if run is not None:
            number = value if type(value) is float else metric_value(key, value)
            at = step if type(step) is int else step_value(key, step)
            try:
                run.log_point(run.run_id, key, number, time_ns() // 1_000_000, at)
            except LOSS_ERRORS as error:
                note(run.run_id, POINTS, 1, error)
            return None if synchronous is not False else RunOperations()
    return log_metrics({key: value}, step, synchronous, run_id, timestamp, model_id, dataset)


def log_metrics(
    metrics: Mapping[str, float],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Data | None = None,
) -> RunOperations | None:
    """Append one point to each of several metrics, all with the same step and timestamp.

    Raises InvalidValue, naming the key, where a value is no number; then none is stored.
    """
    when = int(timestamp) if timestamp else time_ns() // 1_000_000
    name, digest = (dataset.name, dataset.digest) if dataset is not None else (None, None)
    points = [
        Metric(key, value, when, step_value(key, step), name, digest, model_id)
        for key, value in metric_values(metrics)
    ]
    run = Target.of(run_id)
    with run.tolerated(POINTS, len(points)):
        run.store.log_batch(run.run_id, metrics=points)
    return answer(synchronous)


def log_param(key: str, value: object, synchronous: bool | None = None) -> object:
    """Record a param, as text, and return the value as it was given.

    Raises ParamConflict where the run has it with another value already.
    """
    _log_params({key: value}, None)
    return value


def log_params(
    params: Mapping[str, object], synchronous: bool | None = None, run_id: str | None = None
) -> RunOperations | None:
    """Record several params, all or none. Raises ParamConflict."""
    _log_params(params, run_id)
    return answer(synchronous)


def _log_params(params: Mapping[str, object], run_id: str | None) -> None:
    texts = text_values("params", params)
    run = Target.of(run_id)
    with run.tolerated("params", len(texts)):
        run.store.log_batch(run.run_id, params=texts)


def set_tag(key: str, value: object, synchronous: bool | None = None) -> RunOperations | None:
    """Set a tag of the active run, as text."""
    return set_tags({key: value}, synchronous)


def set_tags(tags: Mapping[str, object], synchronous: bool | None = None) -> RunOperations | None:
    """Set several tags of the active run, all or none."""
    texts = text_values("tags", tags)
    run = Target.of(None)
    with run.tolerated("tags", len(texts)):
        run.store.log_batch(run.run_id, tags=texts)
    return answer(synchronous)


def delete_tag(key: str) -> None:
    """Remove a tag of the active run. Raises NotFound where it has none of that name."""
    run = Target.of(None)
    with run.store_tolerated("tag deletions"):
        require_tag(run.store.get_run(run.run_id), key)
        run.store.log_batch(run.run_id, tags={key: None})


def require_tag(run: Run, key: str) -> None:
    """Raise NotFound where the run has no such tag."""
    if key not in run.data.tags:
        raise NotFound(f"No tag with name: {key} in run with id {run.info.run_id}")
