"""One run as lines of JSON, complete: written so that reading gives the same run back.

The first line is the run, each further one a part of a metric:

    {"run_id": ..., "run_name": ..., "experiment_id": ..., "user_id": ..., "status": ...,
     "lifecycle_stage": ..., "start_time": ..., "end_time": ..., "artifact_uri": ...,
     "params": {...}, "tags": {...}, "metrics": {"loss": {"last": ..., "min": ..., "max": ...,
     "count": ..., "last_step": ..., "last_timestamp": ...}},
     "datasets": [{"name": ..., "digest": ..., "source_type": ..., "source": ..., "schema": ...,
     "profile": ..., "tags": {...}}]}
    {"metric": "loss", "steps": [0, 1], "timestamps": [1700000000000, ...], "values": [0.5, "NaN"]}

Times are ms since 1970 UTC. Points come in the order logged, in parts of at most 10,000; NaN and
the infinities are the texts "NaN", "Infinity" and "-Infinity". What is read is not trusted: lines
have a bound, and every field the type that is meant.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any, BinaryIO

from tracker.entities import (
    Dataset,
    DatasetInput,
    MetricHistory,
    MetricSummary,
    Run,
    RunData,
    RunInfo,
    RunInputs,
)
from tracker.errors import StoreError

PART = 10_000
"""Points in a line."""
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of a line that are read."""

_INFO = tuple(field.name for field in fields(RunInfo))
_DATASET = tuple(field.name for field in fields(Dataset))
_OPTIONAL = ("schema", "profile")
_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def encode(run: Run, histories: Iterable[MetricHistory]) -> Iterator[bytes]:
    """Yield the lines of a run."""
    yield _line(run_fields(run))
    for history in histories:
        for start in range(0, len(history.steps), PART):
            part = slice(start, start + PART)
            yield _line(
                {
                    "metric": history.key,
                    "steps": history.steps[part].tolist(),
                    "timestamps": history.timestamps[part].tolist(),
                    "values": [to_json(value) for value in history.values[part].tolist()],
                }
            )


def run_fields(run: Run) -> dict[str, Any]:
    """Return a run without its points as JSON's kinds."""
    info = run.info
    about: dict[str, Any] = {name: getattr(info, name) for name in _INFO}
    about |= {"status": str(info.status), "lifecycle_stage": str(info.lifecycle_stage)}
    return about | {
        "params": dict(run.data.params),
        "tags": dict(run.data.tags),
        "metrics": {key: _summary(it) for key, it in run.data.summaries.items()},
        "datasets": [
            {**asdict(it.dataset), "tags": dict(it.tags)} for it in run.inputs.dataset_inputs
        ],
    }


def decode_run(file: BinaryIO) -> Run:
    """Return the run in the first line of a file. Raises StoreError."""
    found = _read(file)
    try:
        return _run(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"The line of the run is not what it should be: {error!r}.") from error


def decode_histories(run_id: str, file: BinaryIO) -> Iterator[MetricHistory]:
    """Yield the metrics in the lines after the first. Raises StoreError."""
    _read(file)
    key, parts = "", list[Mapping[str, Any]]()
    while (found := _read(file, last=True)) is not None:
        name = found.get("metric")
        if not isinstance(name, str):
            raise StoreError("A line names no metric.")
        if parts and name != key:
            yield _history(run_id, key, parts)
            parts = []
        key = name
        parts.append(found)
    if parts:
        yield _history(run_id, key, parts)


def to_json(value: float) -> float | str:
    """Return a number as JSON can hold it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def from_json(value: object) -> float:
    """Return what `to_json` was given. Raises ValueError."""
    if isinstance(value, str):
        if value not in _WORDS:
            raise ValueError(f"{value[:40]!r} is no number")
        return _WORDS[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{type(value).__name__} is no number")
    return float(value)


def _line(content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


def _read(file: BinaryIO, *, last: bool = False) -> Any:
    """Return a line's object; None at the end where there may be one. Raises StoreError."""
    line = file.readline(LONGEST_LINE + 1)
    if not line and last:
        return None
    if len(line) > LONGEST_LINE or not line.endswith(b"\n"):
        raise StoreError("The file was cut off, or has a line that is too long to be read.")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise StoreError("A line is not JSON.") from error
    if not isinstance(found, dict):
        raise StoreError("A line is not an object of JSON.")
    return found


def _history(run_id: str, key: str, parts: list[Mapping[str, Any]]) -> MetricHistory:
    import numpy as np

    try:
        steps = np.concatenate([np.array(it["steps"], np.int64) for it in parts])
        timestamps = np.concatenate([np.array(it["timestamps"], np.int64) for it in parts])
        values = np.concatenate(
            [np.array([from_json(value) for value in it["values"]], float) for it in parts]
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise StoreError(f"The points of metric {key[:80]!r} cannot be read: {error}.") from error
    if not steps.shape == timestamps.shape == values.shape:
        raise StoreError(f"The points of metric {key[:80]!r} cannot be read: columns differ.")
    return MetricHistory(run_id, key, steps, timestamps, values, len(steps), len(steps))


def _summary(summary: MetricSummary) -> dict[str, Any]:
    found: dict[str, Any] = asdict(summary)
    del found["key"]
    return found | {name: to_json(found[name]) for name in ("last", "min", "max")}


def _read_summary(key: str, found: Mapping[str, Any]) -> MetricSummary:
    last, least, most = (from_json(found[name]) for name in ("last", "min", "max"))
    count, step, timestamp = (int(found[name]) for name in ("count", "last_step", "last_timestamp"))
    return MetricSummary(key, last, least, most, count, step, timestamp)


def _run(found: Mapping[str, Any]) -> Run:
    info = RunInfo(**{name: found[name] for name in _INFO})
    summaries = {key: _read_summary(key, it) for key, it in found["metrics"].items()}
    last = {key: it.last for key, it in summaries.items()}
    data = RunData(last, _texts(found["params"]), _texts(found["tags"]), summaries)
    return Run(info, data, RunInputs(tuple(_input(it) for it in found["datasets"])))


def _input(found: Mapping[str, Any]) -> DatasetInput:
    texts = {name: found[name] for name in _DATASET}
    for name, value in texts.items():
        if not isinstance(value, str) and not (value is None and name in _OPTIONAL):
            raise ValueError(f"the {name} of a data set is no text")
    return DatasetInput(Dataset(**texts), _texts(found["tags"]))


def _texts(found: Mapping[str, Any]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in found.values()):
        raise ValueError("a param or tag is no text")
    return dict(found)
