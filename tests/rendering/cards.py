"""Runs and cards to be drawn in tests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tracker.entities import MetricSummary, Run, RunData, RunInfo, RunStatus
from tracker.rendering.card import Card
from tracker.rendering.sparkline import Curve

Series = Mapping[str, Sequence[float]]


def summary(key: str, values: Sequence[float]) -> MetricSummary:
    finite = [value for value in values if not math.isnan(value)] or [math.nan]
    return MetricSummary(key, values[-1], min(finite), max(finite), len(values), len(values) - 1, 0)


def run(
    name: str = "calm-otter-512",
    *,
    status: str = RunStatus.FINISHED,
    params: Mapping[str, str] | None = None,
    metrics: Series | None = None,
    milliseconds: int | None = 1200,
    run_id: str = "0f3a9c6e21b84d5f9f3c2b1a0d9e8f77",
) -> Run:
    """A run that took so long, None if it still runs; `metrics` gives each one's points."""
    summaries = {key: summary(key, values) for key, values in (metrics or {}).items()}
    info = RunInfo(run_id, "1", name, "me", status, 0, milliseconds, "/nowhere")
    last = {key: found.last for key, found in summaries.items()}
    return Run(info, RunData(last, dict(params or {}), {}, summaries))


def card(shown: Run, *, metrics: Series | None = None, **facts: object) -> Card:
    curves = {key: Curve(range(len(values)), values) for key, values in (metrics or {}).items()}
    facts.setdefault("experiment", "diabetes")
    facts.setdefault("now", 5000)
    facts.setdefault("params", shown.data.params)
    return Card(shown, curves=curves, **facts)  # type: ignore[arg-type]  # each test names fields
