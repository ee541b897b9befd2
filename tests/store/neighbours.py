"""Runs made up by the dozen, logged to any store, and compared between tracker and MLflow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tracker.entities import Dataset, DatasetInput, Metric, Run
from tracker.store import Store

VALUES = [0.1, -3.5, 1e-300, 1e300, math.nan, math.inf, -math.inf, -0.0, 12345678.901234567]
TEXTS = ["0.1", "", "two words", "größe ß", "🦊", "a=b;c", "{'x': 1}", "x" * 250, "line\nline\n"]
STATUSES = ["FINISHED", "FAILED", "KILLED", "RUNNING"]


@dataclass
class Plan:
    """What one run is to hold; metrics as (value, timestamp, step) in the order logged."""

    name: str
    status: str
    start_time: int
    end_time: int
    params: dict[str, str]
    tags: dict[str, str]
    metrics: dict[str, list[tuple[float, int, int]]]
    inputs: list[DatasetInput] = field(default_factory=list)

    @property
    def points(self) -> list[Metric]:
        return [
            Metric(key, value, timestamp, step)
            for key, points in self.metrics.items()
            for value, timestamp, step in points
        ]


def make_plan(number: int) -> Plan:
    random = Random(f"run {number}")
    start = 1_700_000_000_000 + number
    metrics = {}
    for key in random.sample(["loss", "val/loss", "val/deep/er", "acc uracy", "a.b-c"], 3):
        points = [
            (random.choice([random.random(), *VALUES]), start + random.randrange(10**6), step)
            for step in random.sample(range(-5, 1000), random.randrange(1, 12))
        ]
        metrics[key] = points
    return Plan(
        name=f"run {number}",
        status=random.choice(STATUSES),
        start_time=start,
        end_time=start + random.randrange(10**6),
        params={f"p{i}/{i}": random.choice(TEXTS) for i in range(random.randrange(5))},
        tags={f"t.{i}": random.choice(TEXTS) for i in range(random.randrange(5))},
        metrics=metrics,
        inputs=_inputs(random) if number % 5 == 0 else [],
    )


def _inputs(random: Random) -> list[DatasetInput]:
    name = random.choice(["digits", "diabetes"])
    dataset = Dataset(name, "d1", "local", f"/data/{name}", '{"x": 1}', '{"rows": 10}')
    return [DatasetInput(dataset, {"mlflow.data.context": "training"})]


def log_to_tracker(store: Store, experiment_id: str, plan: Plan) -> str:
    created = store.create_run(
        experiment_id, run_name=plan.name, user_id="ada", start_time=plan.start_time
    )
    run_id = created.info.run_id
    store.log_batch(run_id, metrics=plan.points, params=plan.params, tags=plan.tags)
    if plan.inputs:
        store.log_inputs(run_id, plan.inputs)
    if plan.status != "RUNNING":
        store.update_run(run_id, status=plan.status, end_time=plan.end_time)
    return run_id


def log_to_mlflow(store: Any, experiment_id: str, plan: Plan) -> str:
    from mlflow import entities as theirs

    created = store.create_run(experiment_id, "ada", plan.start_time, [], plan.name)
    run_id = str(created.info.run_id)
    store.log_batch(
        run_id,
        [theirs.Metric(it.key, it.value, it.timestamp, it.step) for it in plan.points],
        [theirs.Param(key, value) for key, value in plan.params.items()],
        [theirs.RunTag(key, value) for key, value in plan.tags.items()],
    )
    for given in plan.inputs:
        it = given.dataset
        dataset = theirs.Dataset(
            it.name, it.digest, it.source_type, it.source, it.schema, it.profile
        )
        tags = [theirs.InputTag(key, value) for key, value in given.tags.items()]
        store.log_inputs(run_id, [theirs.DatasetInput(dataset, tags)])
    if plan.status != "RUNNING":
        status = theirs.RunStatus.from_string(plan.status)
        store.update_run_info(run_id, status, plan.end_time, None)
    return run_id


def assert_same_run(ours: Run, theirs: Any) -> None:
    """All that both know of a run is equal."""
    for name in (
        "run_id", "experiment_id", "run_name", "user_id", "status", "start_time", "end_time",
        "artifact_uri", "lifecycle_stage",
    ):  # fmt: skip
        assert getattr(ours.info, name) == getattr(theirs.info, name), name
    assert ours.data.params == theirs.data.params
    assert ours.data.tags == theirs.data.tags
    assert as_text(ours.data.metrics) == as_text(theirs.data.metrics)
    assert sorted(map(str, ours.inputs.dataset_inputs)) == sorted(
        str(_our_input(it)) for it in theirs.inputs.dataset_inputs
    )


def assert_same_histories(ours: Store, theirs: Any, run_id: str, keys: Sequence[str]) -> None:
    """Every point of these metrics is equal, in the same order."""
    for key in keys:
        history = ours.metric_history(run_id, key)
        columns = (history.steps.tolist(), history.timestamps.tolist(), history.values.tolist())
        expected = theirs.get_metric_history(run_id, key)
        assert as_text(zip(*columns, strict=True)) == as_text(
            (it.step, it.timestamp, it.value) for it in expected
        )


def as_text(values: Any) -> str:
    """NaN is equal to NaN as text, and -0.0 is not 0.0."""
    return repr(sorted(values.items()) if isinstance(values, dict) else list(values))


def _our_input(it: Any) -> DatasetInput:
    data = it.dataset
    dataset = Dataset(
        data.name, data.digest, data.source_type, data.source, data.schema, data.profile
    )
    return DatasetInput(dataset, {tag.key: tag.value for tag in it.tags})
