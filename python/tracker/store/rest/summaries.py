"""What is known of metrics beyond what a server tells of them, which is the last point.

It is known of points that were logged from here, and of metrics whose history was read. Where the
last point agrees with the server's, that is all there is; where not, others logged since, and
`count`, `min` and `max` are bounds: there are at least so many points, and none of those known lies
outside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from tracker.entities import MetricSummary, Run
from tracker.store.points import Points
from tracker.store.sqlite.journal_summaries import merge

LARGEST_FLOAT = 1.7976931348623157e308
"""What a server on a database holds in place of infinity."""
READ_KEPT = 20_000
"""Metrics whose summary is remembered once their history was read."""

Summaries = Mapping[str, MetricSummary]


class ReadSummaries:
    """Of metrics whose points this process has read."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, MetricSummary]] = {}

    def of(self, run_id: str) -> Summaries:
        """Return what was read of a run."""
        return self._of.get(run_id, {})

    def note(self, run_id: str, key: str, points: Points) -> None:
        """Remember a metric by all its points."""
        if not len(points.steps):
            return
        if sum(map(len, list(self._of.values()))) >= READ_KEPT:
            self._of.clear()
        self._of.setdefault(run_id, {})[key] = of_points(key, points)


def of_points(key: str, points: Points) -> MetricSummary:
    """Return the summary of one point or more."""
    import numpy as np

    steps, timestamps, values = points
    ranks = np.lexsort((np.where(np.isnan(values), 0.0, values), timestamps, steps))
    last = int(ranks[-1])
    numbers = values[~np.isnan(values)]
    least, most = (numbers.min(), numbers.max()) if len(numbers) else (math.nan, math.nan)
    return MetricSummary(
        key,
        float(values[last]),
        float(least),
        float(most),
        len(values),
        int(steps[last]),
        int(timestamps[last]),
    )


def of_one(key: str, value: float, timestamp: int, step: int) -> MetricSummary:
    """Return the summary of one point."""
    return MetricSummary(key, value, value, value, 1, step, timestamp)


def told(key: str, value: float, timestamp: int, step: int) -> MetricSummary:
    """Return the summary of a metric of which only the last point is told."""
    return replace(of_one(key, value, timestamp, step), count=1 if step == 0 else 2)


def completed(run: Run, *sources: Summaries) -> Run:
    """Return a run of the server with what is known of its metrics."""
    summaries = {
        key: _completed(it, [source[key] for source in sources if key in source])
        for key, it in run.data.summaries.items()
    }
    metrics = {key: it.last for key, it in summaries.items()}
    return replace(run, data=replace(run.data, metrics=metrics, summaries=summaries))


def _completed(told: MetricSummary, known: list[MetricSummary]) -> MetricSummary:
    agreeing = [it for it in known if _agree(told, it)]
    best = max(agreeing or known, key=lambda it: it.count, default=None)
    if best is None:
        return told
    if agreeing:
        return best
    return replace(
        merge(best, told),
        last=told.last,
        last_step=told.last_step,
        last_timestamp=told.last_timestamp,
        count=max(told.count, best.count + 1),
    )


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
