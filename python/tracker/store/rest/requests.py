"""Operations of a run -> the requests that do them, within MLflow's limits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.entities import DatasetInput, Metric
from tracker.store.rest import operations
from tracker.store.rest.operations import (
    BYTES_LIMIT,
    ENVELOPE,
    FACTS_LIMIT,
    METRICS_LIMIT,
    Logged,
    Operation,
)


@dataclass
class Batch:
    """What is logged with one request, and the operations that it does."""

    operations: list[Operation] = field(default_factory=list)
    metrics: list[Metric] = field(default_factory=list)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    removed_tags: list[str] = field(default_factory=list)
    size: int = 0

    def takes(self, logged: Logged, size: int) -> bool:
        """Return whether one more operation, of so many bytes, fits into the request."""
        if not self.operations:
            return True
        metrics = len(self.metrics) + len(logged.metrics)
        params, tags = len(self.params) + len(logged.params), len(self.tags) + len(logged.tags)
        fits = (
            params <= FACTS_LIMIT
            and tags <= FACTS_LIMIT
            and metrics + params + tags <= METRICS_LIMIT
            and self.size + size <= BYTES_LIMIT
        )
        # Tags are removed after the batch: what sets them again must come in a later one. And a
        # param twice in one request is refused, even with the same value.
        is_repeated = not (
            self.params.keys().isdisjoint(logged.params)
            and {*self.tags, *self.removed_tags}.isdisjoint(logged.tags)
        )
        return fits and not is_repeated

    def add(self, operation: Operation, logged: Logged, size: int) -> None:
        """Take one more operation in."""
        self.operations.append(operation)
        self.metrics += logged.metrics
        self.params.update(logged.params)
        for key, value in logged.tags.items():
            if value is None:
                self.removed_tags.append(key)
            else:
                self.tags[key] = value
        self.size += size


def first_batch(waiting: Sequence[Operation]) -> Batch:
    """Return the batch of as many operations from the first on as fit into one request."""
    batch = Batch()
    for operation in waiting:
        if operation.kind not in (operations.POINT, operations.LOG):
            break
        logged = operations.logged(operation)
        size = _size(operation, logged)
        if not batch.takes(logged, size):
            break
        batch.add(operation, logged, size)
    return batch


def log_batch(run_id: str, batch: Batch, metrics: Sequence[Metric]) -> dict[str, Any]:
    """Return the body of `runs/log-batch`."""
    return {
        "run_id": run_id,
        "metrics": [_metric(it) for it in metrics],
        "params": pairs(batch.params),
        "tags": pairs(batch.tags),
    }


def log_inputs(run_id: str, inputs: Sequence[DatasetInput]) -> dict[str, Any]:
    """Return the body of `runs/log-inputs`."""
    return {"run_id": run_id, "datasets": [_dataset_input(it) for it in inputs]}


def pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Return params or tags as a list of objects."""
    return [{"key": key, "value": value} for key, value in values.items()]


def _metric(point: Metric) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": point.key,
        "value": _number(float(point.value)),
        "timestamp": point.timestamp,
        "step": point.step,
    }
    for name in ("dataset_name", "dataset_digest", "model_id"):
        if value := getattr(point, name):
            found[name] = value
    return found


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _dataset_input(given: DatasetInput) -> dict[str, Any]:
    dataset = given.dataset
    described = {
        name: value
        for name in ("name", "digest", "source_type", "source", "schema", "profile")
        if (value := getattr(dataset, name)) is not None
    }
    return {"dataset": described, "tags": pairs(given.tags)}


def _size(operation: Operation, logged: Logged) -> int:
    """Return how many bytes of a request an operation is, at most."""
    amount = len(logged.metrics) + len(logged.params) + len(logged.tags)
    return len(operation.body) + ENVELOPE * amount
