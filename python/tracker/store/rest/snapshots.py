"""Runs as they are once everything that waits is done: what is known without asking the server."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from tracker.entities import (
    Dataset,
    DatasetInput,
    Metric,
    MetricSummary,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunStatus,
)
from tracker.store.rest import operations
from tracker.store.rest.operations import Operation

NAME_TAG = "mlflow.runName"
LARGEST_FLOAT = 1.7976931348623157e308
"""What a server on a database holds in place of infinity."""


def after(run: Run, pending: Iterable[Operation]) -> Run:
    """Return the run as these operations leave it."""
    draft = _Draft(run)
    for operation in pending:
        draft.apply(operation)
    return draft.run()


def dump(run: Run) -> str:
    """Return the run as text, which `load` reads back equal."""
    info = asdict(run.info)
    data = run.data
    return json.dumps(
        {
            "info": info,
            "params": dict(data.params),
            "tags": dict(data.tags),
            "metrics": [list(asdict(it).values()) for it in data.summaries.values()],
            "inputs": [asdict(it) for it in run.inputs.dataset_inputs],
        }
    )


def load(text: str) -> Run:
    """Return the run of a text that `dump` made."""
    found = json.loads(text)
    summaries = [MetricSummary(*row) for row in found["metrics"]]
    inputs = [DatasetInput(Dataset(**it["dataset"]), it["tags"]) for it in found["inputs"]]
    info = {**found["info"], "status": RunStatus(found["info"]["status"])}
    return Run(
        RunInfo(**info),
        RunData(
            {it.key: it.last for it in summaries},
            found["params"],
            found["tags"],
            {it.key: it for it in summaries},
        ),
        RunInputs(tuple(inputs)),
    )


def with_summaries(run: Run, known: Mapping[str, MetricSummary]) -> Run:
    """Return a run of the server with what is known here of its metrics.

    Only where the last points agree: where they do not, somebody else logged to it as well.
    """
    summaries = {
        key: known[key] if key in known and _agree(it, known[key]) else it
        for key, it in run.data.summaries.items()
    }
    metrics = {key: it.last for key, it in summaries.items()}
    return replace(run, data=replace(run.data, metrics=metrics, summaries=summaries))


def _agree(told: MetricSummary, known: MetricSummary) -> bool:
    return (told.last_step, told.last_timestamp, stored(told.last)) == (
        known.last_step,
        known.last_timestamp,
        stored(known.last),
    )


def stored(value: float) -> str:
    """Return a value so that it compares equal to itself, however the server keeps it."""
    if math.isinf(value):
        value = math.copysign(LARGEST_FLOAT, value)
    return repr(value + 0.0)  # -0.0 comes back as 0.0


class _Draft:
    """A run while operations are applied to it."""

    def __init__(self, run: Run) -> None:
        self._info = run.info
        self._params = dict(run.data.params)
        self._tags = dict(run.data.tags)
        self._summaries = dict(run.data.summaries)
        self._inputs = list(run.inputs.dataset_inputs)

    def run(self) -> Run:
        """Return the result."""
        metrics = {key: it.last for key, it in self._summaries.items()}
        data = RunData(metrics, self._params, self._tags, self._summaries)
        return Run(self._info, data, RunInputs(tuple(self._inputs)))

    def apply(self, operation: Operation) -> None:
        """Do one operation."""
        if operation.kind in (operations.POINT, operations.LOG):
            self._log(operations.logged(operation))
        elif operation.kind == operations.UPDATE:
            self._update(operation.content)
        elif operation.kind == operations.INPUTS:
            self._inputs = merged(self._inputs, operations.inputs_of(operation))

    def _log(self, logged: operations.Logged) -> None:
        self._params.update(logged.params)
        for key, value in logged.tags.items():
            if value is None:
                self._tags.pop(key, None)
            else:
                self._tags[key] = value
        name = logged.tags.get(NAME_TAG)
        if name:
            self._info = replace(self._info, run_name=name)
        for point in logged.metrics:
            found = self._summaries.get(point.key)
            self._summaries[point.key] = _grown(found, point)

    def _update(self, content: Mapping[str, Any]) -> None:
        changed = {key: value for key, value in content.items() if key != operations.IF_RUNNING}
        if content != changed and self._info.status != RunStatus.RUNNING:
            return
        if "status" in changed:
            changed = {**changed, "status": RunStatus(changed["status"])}
        self._info = replace(self._info, **changed)
        if "run_name" in changed:
            self._tags[NAME_TAG] = changed["run_name"]


def _grown(summary: MetricSummary | None, point: Metric) -> MetricSummary:
    """Return what is known of a metric after one more point."""
    value = point.value
    if summary is None:
        return MetricSummary(point.key, value, value, value, 1, point.step, point.timestamp)
    is_last = _rank(point.step, point.timestamp, value) >= _rank(
        summary.last_step, summary.last_timestamp, summary.last
    )
    return MetricSummary(
        point.key,
        value if is_last else summary.last,
        _extreme(min, summary.min, value),
        _extreme(max, summary.max, value),
        summary.count + 1 if summary.count else 0,  # of how many there were, nothing is known
        point.step if is_last else summary.last_step,
        point.timestamp if is_last else summary.last_timestamp,
    )


def _rank(step: int, timestamp: int, value: float) -> tuple[int, int, float]:
    return step, timestamp, -math.inf if math.isnan(value) else value


def _extreme(choose: Any, known: float, value: float) -> float:
    if math.isnan(known) or math.isnan(value):
        return value if math.isnan(known) else known
    return float(choose(known, value))


def merged(known: Sequence[DatasetInput], given: Sequence[DatasetInput]) -> list[DatasetInput]:
    """Return data sets, each once with all its tags."""
    found = {(it.dataset.name, it.dataset.digest): it for it in known}
    for it in given:
        key = (it.dataset.name, it.dataset.digest)
        before = found.get(key)
        found[key] = it if before is None else replace(before, tags={**before.tags, **it.tags})
    return list(found.values())
