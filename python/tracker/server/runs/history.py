"""Points of metrics: whole series sampled, and what came since a cursor."""

from __future__ import annotations

from tracker.entities import MetricHistory
from tracker.errors import NotFound
from tracker.server import rows
from tracker.server.runs.queries import HistoryQuery, SeriesQuery
from tracker.server.wire import HistoryAnswer, SeriesRow
from tracker.store.base import Store

POINTS_BUDGET = 100_000
"""Points in one answer, shared by its series."""
NEW_POINTS_LIMIT = 20_000
"""More new points than this are better drawn as a fresh sample."""


def history(store: Store, query: HistoryQuery) -> HistoryAnswer:
    """Return the points of all series; runs that are gone are left out."""
    share = POINTS_BUDGET // max(1, len(query.series))
    max_points = min(query.max_points, share)
    series = (_series(store, one, max_points, share) for one in query.series)
    return {"series": [one for one in series if one is not None]}


def _series(store: Store, query: SeriesQuery, max_points: int, share: int) -> SeriesRow | None:
    try:
        if query.since:
            new = store.metric_history(query.run_id, query.key, since=query.since)
            if _extends(new, query.since) and len(new.steps) <= min(share, NEW_POINTS_LIMIT):
                return rows.series_row(new, since=query.since)
        sample = store.sample_metric(
            query.run_id,
            query.key,
            max_points=max_points,
            start_step=query.start_step,
            end_step=query.end_step,
        )
        return rows.series_row(sample, since=0)
    except NotFound:
        return None


def _extends(history: MetricHistory, since: int) -> bool:
    """Whether these points follow the cursor.

    They do not where the store no longer knows it and sent all there is, nor where it lies beyond
    the end because the store was replaced.
    """
    return history.cursor >= since and len(history.steps) < history.total
