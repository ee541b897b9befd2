"""What waits to be done at a server: one operation is what one call of the store stored.

Points of `log_metric` are packed; everything else is JSON, in which NaN and the infinities stand as
Python writes them.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tracker.entities import Dataset, DatasetInput, Metric

POINT = "point"
LOG = "log"
CREATE = "create"
UPDATE = "update"
INPUTS = "inputs"
FILE = "file"

IF_RUNNING = "if_running"
"""In an UPDATE: it holds for a run that nobody ended meanwhile."""

METRICS_LIMIT = 1000
"""Points in one request, also things of all kinds; MLflow's number."""
FACTS_LIMIT = 100
"""Params in one request, and tags."""

BYTES_LIMIT = 900_000
"""Of a request's body, safely below the megabyte that servers take."""
ENVELOPE = 120
"""Bytes that JSON puts around one thing, at most."""

_POINT = struct.Struct("<dqq")


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the outbox. `time` in ms is when it was stored."""

    seq: int
    local_id: str
    kind: str
    body: bytes
    time: int

    @property
    def content(self) -> Any:
        """What is in it, of any kind but points."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Logged:
    """What one request logs. A tag of None is deleted."""

    metrics: Sequence[Metric]
    params: Mapping[str, str]
    tags: Mapping[str, str | None]


def pack_point(key: str, value: float, timestamp: int, step: int) -> bytes:
    """Return a point as it is stored. Raises struct.error where a number does not fit."""
    return _POINT.pack(value, timestamp, step) + key.encode()


def pack_log(logged: Logged) -> Iterator[bytes]:
    """Yield the bodies of operations, each small enough for one request."""
    parts: dict[str, list[Any]] = {"metrics": [], "params": [], "tags": []}
    size = 0
    for name, item in _items(logged):
        length = len(json.dumps(item, ensure_ascii=False).encode()) + ENVELOPE
        is_full = sum(map(len, parts.values())) >= METRICS_LIMIT or size + length > BYTES_LIMIT
        if is_full or (name != "metrics" and len(parts[name]) >= FACTS_LIMIT):
            yield _pack_parts(parts)
            parts = {"metrics": [], "params": [], "tags": []}
            size = 0
        parts[name].append(item)
        size += length
    if size:
        yield _pack_parts(parts)


def _items(logged: Logged) -> Iterator[tuple[str, Any]]:
    yield from (("params", pair) for pair in logged.params.items())
    yield from (("tags", pair) for pair in logged.tags.items())
    yield from (("metrics", _metric_row(it)) for it in logged.metrics)


def _pack_parts(parts: Mapping[str, list[Any]]) -> bytes:
    return pack({**parts, "params": dict(parts["params"]), "tags": dict(parts["tags"])})


def pack(content: object) -> bytes:
    """Return the body of any other operation."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def logged(operation: Operation) -> Logged:
    """Return what a POINT or LOG operation logs."""
    if operation.kind == POINT:
        value, timestamp, step = _POINT.unpack_from(operation.body)
        key = operation.body[_POINT.size :].decode()
        return Logged([Metric(key, value, timestamp, step)], {}, {})
    content = operation.content
    return Logged([Metric(*row) for row in content["metrics"]], content["params"], content["tags"])


def pack_inputs(inputs: Sequence[DatasetInput]) -> bytes:
    """Return the body of an INPUTS operation."""
    return pack([{"dataset": asdict(it.dataset), "tags": dict(it.tags)} for it in inputs])


def inputs_of(operation: Operation) -> list[DatasetInput]:
    """Return what an INPUTS operation records."""
    return [DatasetInput(Dataset(**it["dataset"]), it["tags"]) for it in operation.content]


def _metric_row(point: Metric) -> list[object]:
    row = [point.key, point.value, point.timestamp, point.step]
    if point.dataset_name or point.dataset_digest or point.model_id:
        row += [point.dataset_name, point.dataset_digest, point.model_id]
    return row
