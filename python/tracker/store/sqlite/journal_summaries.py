"""Keep the summaries of a journal's metrics up to date, reading only what is new."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from tracker.entities import MetricSummary
from tracker.store.sqlite.arrays import numpy_pays
from tracker.store.sqlite.journal_format import Series
from tracker.store.sqlite.journal_reader import JournalPage, SeriesPoints, read_journal


def fold(summary: MetricSummary | None, key: str, points: SeriesPoints) -> MetricSummary:
    """Return the summary of what `summary` covered and `points` (one or more).

    `last` is the value with the greatest (step, timestamp, value), where NaN counts as 0, as in
    MLflow; of equals the first stays.
    """
    new = _summarize(key, points)
    return new if summary is None else merge(summary, new)


def merge(first: MetricSummary, second: MetricSummary) -> MetricSummary:
    """Return the summary of the points of both; `first` were logged earlier."""
    later = second if _recency(second) > _recency(first) else first
    return MetricSummary(
        key=first.key,
        last=later.last,
        min=_least(first.min, second.min),
        max=-_least(-first.max, -second.max),
        count=first.count + second.count,
        last_step=later.last_step,
        last_timestamp=later.last_timestamp,
    )


class SummaryFolder:
    """Follows one journal: each `advance` reads what was logged since the one before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.summaries: dict[str, MetricSummary] = {}
        self._definitions: Mapping[int, Series] | None = None

    def advance(self) -> dict[str, MetricSummary]:
        """Return the summaries that changed, of all points up to now. Raises as `read_journal`."""
        page = read_journal(self.path, self.offset, self._definitions)
        changed = fold_page(self.summaries, page)
        self.summaries.update(changed)
        self.offset, self._definitions = page.next_offset, page.definitions
        return changed


def fold_page(
    summaries: Mapping[str, MetricSummary], page: JournalPage
) -> dict[str, MetricSummary]:
    """Return the summaries that the page changes, by metric key."""
    changed: dict[str, MetricSummary] = {}
    for series, points in page.points.items():
        known = changed.get(series.key, summaries.get(series.key))
        changed[series.key] = fold(known, series.key, points)
    return changed


def _recency(summary: MetricSummary) -> tuple[int, int, float]:
    return summary.last_step, summary.last_timestamp, _ordered(summary.last)


def _ordered(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _least(a: float, b: float) -> float:
    return b if math.isnan(a) or b < a else a


def _summarize(key: str, points: SeriesPoints) -> MetricSummary:
    if numpy_pays(len(points)):
        return _summarize_many(key, points)
    rows = zip(points.steps, points.timestamps, points.values, strict=True)
    step, timestamp, last = max(rows, key=lambda row: (row[0], row[1], _ordered(row[2])))
    numbers = [value for value in points.values if not math.isnan(value)]
    least, most = (min(numbers), max(numbers)) if numbers else (math.nan, math.nan)
    return MetricSummary(key, last, least, most, len(points), step, timestamp)


def _summarize_many(key: str, points: SeriesPoints) -> MetricSummary:
    import numpy as np

    steps = np.frombuffer(points.steps, np.int64)
    timestamps = np.frombuffer(points.timestamps, np.int64)
    values = np.frombuffer(points.values, np.float64)
    latest = np.flatnonzero(steps == steps.max())
    latest = latest[timestamps[latest] == timestamps[latest].max()]
    ordered = np.where(np.isnan(values[latest]), 0.0, values[latest])
    last = latest[np.argmax(ordered)]
    return MetricSummary(
        key=key,
        last=float(values[last]),
        min=float(np.fmin.reduce(values)),
        max=float(np.fmax.reduce(values)),
        count=len(values),
        last_step=int(steps[last]),
        last_timestamp=int(timestamps[last]),
    )
