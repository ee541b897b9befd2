"""Runs as they are once everything that waits is done: what is known without asking the server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from tracker.entities import (
    Dataset,
    DatasetInput,
    MetricSummary,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunStatus,
)
from tracker.store.rest import operations, summaries
from tracker.store.rest.operations import Operation
from tracker.store.sqlite.journal_summaries import merge

NAME_TAG = "mlflow.runName"


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
    metrics = [MetricSummary(*row) for row in found["metrics"]]
    inputs = [DatasetInput(Dataset(**it["dataset"]), it["tags"]) for it in found["inputs"]]
    info = {**found["info"], "status": RunStatus(found["info"]["status"])}
    return Run(
        RunInfo(**info),
        RunData(
            {it.key: it.last for it in metrics},
            found["params"],
            found["tags"],
            {it.key: it for it in metrics},
        ),
        RunInputs(tuple(inputs)),
    )


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
            new = summaries.of_one(point.key, point.value, point.timestamp, point.step)
            found = self._summaries.get(point.key)
            self._summaries[point.key] = new if found is None else merge(found, new)

    def _update(self, content: Mapping[str, Any]) -> None:
        changed = {key: value for key, value in content.items() if key != operations.IF_RUNNING}
        if content != changed and self._info.status != RunStatus.RUNNING:
            return
        if "status" in changed:
            changed = {**changed, "status": RunStatus(changed["status"])}
        self._info = replace(self._info, **changed)
        if "run_name" in changed:
            self._tags[NAME_TAG] = changed["run_name"]


def merged(known: Sequence[DatasetInput], given: Sequence[DatasetInput]) -> list[DatasetInput]:
    """Return data sets, each once with all its tags."""
    found = {(it.dataset.name, it.dataset.digest): it for it in known}
    for it in given:
        key = (it.dataset.name, it.dataset.digest)
        before = found.get(key)
        found[key] = it if before is None else replace(before, tags={**before.tags, **it.tags})
    return list(found.values())
