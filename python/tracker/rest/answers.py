"""Entities -> the JSON of MLflow's protocol. What is not there is left out, never null."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from tracker.entities import DatasetInput, Experiment, FileInfo, Run, RunInfo
from tracker.rest.links import INPUT_MODEL, OUTPUT_MODEL, is_link, linked_models

Answer = dict[str, Any]
"""One JSON object of an answer."""


def number(value: float) -> float | str:
    """Return a number as JSON has it: NaN and the infinities are text."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def pairs(values: Mapping[str, str]) -> list[Answer]:
    """Return params or tags as a list of objects."""
    return [{"key": key, "value": value} for key, value in values.items()]


def page(name: str, items: list[Answer], token: str | None) -> Answer:
    """Return a page of results; nothing is left of it where there are none."""
    answer: Answer = {name: items} if items else {}
    if token:
        answer["next_page_token"] = token
    return answer


def experiment(found: Experiment, location: str) -> Answer:
    """Return an experiment. `location` is where its artifacts are for a client."""
    answer: Answer = {
        "experiment_id": found.experiment_id,
        "name": found.name,
        "artifact_location": location,
        "lifecycle_stage": str(found.lifecycle_stage),
    }
    if found.creation_time is not None:
        answer["creation_time"] = found.creation_time
    if found.last_update_time is not None:
        answer["last_update_time"] = found.last_update_time
    if found.tags:
        answer["tags"] = pairs(found.tags)
    return answer


def run_info(info: RunInfo, artifact_uri: str) -> Answer:
    """Return who a run is. `artifact_uri` is where its artifacts are for a client."""
    answer: Answer = {
        "run_uuid": info.run_id,
        "run_name": info.run_name,
        "experiment_id": info.experiment_id,
        "user_id": info.user_id,
        "status": str(info.status),
        "start_time": info.start_time,
        "artifact_uri": artifact_uri,
        "lifecycle_stage": str(info.lifecycle_stage),
        "run_id": info.run_id,
    }
    if info.end_time is not None:
        answer["end_time"] = info.end_time
    return answer


def run(found: Run, artifact_uri: str) -> Answer:
    """Return a run: who it is, what it logged, read and made."""
    return {
        "info": run_info(found.info, artifact_uri),
        "data": _run_data(found),
        "inputs": _run_inputs(found),
        "outputs": _outputs(found.data.tags),
    }


def _run_data(found: Run) -> Answer:
    data = found.data
    answer: Answer = {}
    if data.metrics:
        answer["metrics"] = [_metric(key, value, found) for key, value in data.metrics.items()]
    if data.params:
        answer["params"] = pairs(data.params)
    tags = {key: value for key, value in data.tags.items() if not is_link(key)}
    if tags:
        answer["tags"] = pairs(tags)
    return answer


def _metric(key: str, value: float, found: Run) -> Answer:
    answer: Answer = {"key": key, "value": number(value)}
    summary = found.data.summaries.get(key)
    if summary is not None:
        answer["timestamp"] = summary.last_timestamp
        answer["step"] = summary.last_step
    return answer


def _run_inputs(found: Run) -> Answer:
    answer: Answer = {}
    if found.inputs.dataset_inputs:
        answer["dataset_inputs"] = [_dataset_input(it) for it in found.inputs.dataset_inputs]
    models = linked_models(found.data.tags, INPUT_MODEL)
    if models:
        answer["model_inputs"] = [{"model_id": model_id} for model_id in models]
    return answer


def _outputs(tags: Mapping[str, str]) -> Answer:
    made = linked_models(tags, OUTPUT_MODEL)
    if not made:
        return {}
    return {"model_outputs": [{"model_id": its, "step": step} for its, step in made.items()]}


def _dataset_input(used: DatasetInput) -> Answer:
    dataset = used.dataset
    described: Answer = {
        "name": dataset.name,
        "digest": dataset.digest,
        "source_type": dataset.source_type,
        "source": dataset.source,
    }
    if dataset.schema is not None:
        described["schema"] = dataset.schema
    if dataset.profile is not None:
        described["profile"] = dataset.profile
    answer: Answer = {"dataset": described}
    if used.tags:
        answer["tags"] = pairs(used.tags)
    return answer


def files(found: Iterable[FileInfo], *, names_only: bool = False) -> list[Answer]:
    """Return entries of a folder, by path or by their name in the folder only."""
    return [_file(info, names_only) for info in found]


def _file(info: FileInfo, names_only: bool) -> Answer:
    path = info.path.rpartition("/")[2] if names_only else info.path
    answer: Answer = {"path": path, "is_dir": info.is_dir}
    if not info.is_dir and info.file_size is not None:
        answer["file_size"] = info.file_size
    return answer
