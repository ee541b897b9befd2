"""JSON of a server -> entities. Nothing in it is believed: what does not fit is a StoreError."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from tracker.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    LifecycleStage,
    MetricSummary,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunStatus,
)
from tracker.errors import StoreError
from tracker.remote.refusals import clean
from tracker.store.rest import summaries

Fields = Mapping[str, Any]

LOCAL_ID = "mlflow.tracker.localRunId"
"""The tag by which a run is found at the server whose creation was never confirmed. Not shown."""


def experiment(answer: Fields) -> Experiment:
    """Return an experiment. Raises StoreError."""
    return Experiment(
        experiment_id=text(answer, "experiment_id"),
        name=text(answer, "name"),
        artifact_location=text(answer, "artifact_location", ""),
        lifecycle_stage=_stage(answer),
        creation_time=_time(answer, "creation_time"),
        last_update_time=_time(answer, "last_update_time"),
        tags=_pairs(answer, "tags"),
    )


def run(answer: Fields) -> Run:
    """Return a run as the server tells it. Raises StoreError.

    It tells only the last point of each metric: see `summaries`.
    """
    data = part(answer, "data")
    metrics = {it.key: it for it in map(_summary, parts(data, "metrics"))}
    tags = _pairs(data, "tags")
    tags.pop(LOCAL_ID, None)
    info = _info(part(answer, "info"), tags)
    return Run(
        info,
        RunData(
            metrics={key: it.last for key, it in metrics.items()},
            params=_pairs(data, "params"),
            tags=tags,
            summaries=metrics,
        ),
        RunInputs(tuple(map(_dataset_input, parts(part(answer, "inputs"), "dataset_inputs")))),
    )


def _info(answer: Fields, tags: Mapping[str, str]) -> RunInfo:
    run_id = text(answer, "run_id", "") or text(answer, "run_uuid")
    status = text(answer, "status", RunStatus.RUNNING)
    if status not in tuple(RunStatus):
        raise _odd("a run's status", status)
    return RunInfo(
        run_id=run_id,
        experiment_id=text(answer, "experiment_id"),
        run_name=text(answer, "run_name", "") or tags.get("mlflow.runName", ""),
        user_id=text(answer, "user_id", ""),
        status=RunStatus(status),
        start_time=integer(answer, "start_time", 0),
        end_time=_time(answer, "end_time"),
        artifact_uri=text(answer, "artifact_uri", ""),
        lifecycle_stage=_stage(answer),
    )


def _summary(answer: Fields) -> MetricSummary:
    return summaries.told(
        text(answer, "key"),
        number(answer, "value"),
        integer(answer, "timestamp", 0),
        integer(answer, "step", 0),
    )


def _dataset_input(answer: Fields) -> DatasetInput:
    told = part(answer, "dataset")
    dataset = Dataset(
        text(told, "name"),
        text(told, "digest"),
        text(told, "source_type", ""),
        text(told, "source", ""),
        text(told, "schema", "") or None,
        text(told, "profile", "") or None,
    )
    return DatasetInput(dataset, _pairs(answer, "tags"))


# -- fields -----------------------------------------------------------------------------------


def part(answer: Fields, name: str) -> Fields:
    """Return an object in an answer, an empty one where there is none. Raises StoreError."""
    found = answer.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _odd(name, found)
    return found


def parts(answer: Fields, name: str) -> Iterator[Fields]:
    """Yield the objects of a list in an answer. Raises StoreError."""
    found = answer.get(name)
    if found is not None and not isinstance(found, list):
        raise _odd(name, found)
    for it in found or ():
        if not isinstance(it, dict):
            raise _odd(name, it)
        yield it


def text(answer: Fields, name: str, default: str | None = None) -> str:
    """Return a text. Raises StoreError where there is none and no default."""
    found = answer.get(name)
    if isinstance(found, str):
        return found
    if found is None and default is not None:
        return default
    if type(found) is int:  # ids, in early versions
        return str(found)
    raise _odd(name, found)


def integer(answer: Fields, name: str, default: int | None = None) -> int:
    """Return a whole number of 64 bits; it may come as text, as JSON of protobuf has it."""
    found = answer.get(name, default)
    if isinstance(found, str) and found.lstrip("-").isdecimal() and len(found) <= 20:
        found = int(found)
    if type(found) is not int or not -(2**63) <= found < 2**63:
        raise _odd(name, found)
    return found


def number(answer: Fields, name: str) -> float:
    """Return a number; NaN and the infinities come as text."""
    found = answer.get(name)
    if found in ("NaN", "Infinity", "-Infinity"):
        return float(str(found))
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise _odd(name, found)
    try:
        return float(found)
    except OverflowError:
        return math.inf if found > 0 else -math.inf


def token(answer: Fields) -> str | None:
    """Return the token of the next page, None on the last."""
    return text(answer, "next_page_token", "") or None


def _time(answer: Fields, name: str) -> int | None:
    return None if answer.get(name) is None else integer(answer, name)


def _stage(answer: Fields) -> LifecycleStage:
    stage = text(answer, "lifecycle_stage", LifecycleStage.ACTIVE)
    if stage not in tuple(LifecycleStage):
        raise _odd("lifecycle_stage", stage)
    return LifecycleStage(stage)


def _pairs(answer: Fields, name: str) -> dict[str, str]:
    return {text(it, "key"): text(it, "value", "") for it in parts(answer, name)}


def _odd(what: str, value: object) -> StoreError:
    return StoreError(
        f"The tracking server's answer makes no sense: {what} is {clean(repr(value))[:100]}."
    )
