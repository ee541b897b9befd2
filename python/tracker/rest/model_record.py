"""What is known of one logged model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tracker.entities import Metric

PENDING, READY, UPLOAD_FAILED = (
    "LOGGED_MODEL_PENDING",
    "LOGGED_MODEL_READY",
    "LOGGED_MODEL_UPLOAD_FAILED",
)
_METRICS_LIMIT = 10_000


@dataclass
class ModelRecord:
    """What is known of a logged model. Times are in ms; `metrics` holds the last points."""

    model_id: str
    experiment_id: str
    name: str
    created: int
    updated: int
    status: str = PENDING
    model_type: str | None = None
    source_run_id: str | None = None
    deleted: bool = False
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: list[dict[str, Any]] = field(default_factory=list)

    def note(self, run_id: str, point: Metric) -> None:
        """Keep a point where it is the last of its metric, data set and run."""
        entry = {
            "key": point.key,
            "value": float(point.value),
            "timestamp": point.timestamp,
            "step": point.step,
            "dataset_name": point.dataset_name,
            "dataset_digest": point.dataset_digest,
            "run_id": run_id,
        }
        same = ("key", "dataset_name", "dataset_digest", "run_id")
        for index, old in enumerate(self.metrics):
            if all(old[name] == entry[name] for name in same):
                if (old["step"], old["timestamp"]) <= (point.step, point.timestamp):
                    self.metrics[index] = entry
                return
        if len(self.metrics) < _METRICS_LIMIT:
            self.metrics.append(entry)
