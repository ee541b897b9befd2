"""All points of one metric, read from a neighbour's store, and what is answered from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tracker.entities import MetricHistory

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Points(NamedTuple):
    """Columns of equal length in the order logged: int64, int64 in ms, float64."""

    steps: npt.NDArray[np.int64]
    timestamps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    def take(self, which: slice | npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Points:
        """Return some of them."""
        return Points(self.steps[which], self.timestamps[which], self.values[which])


def history(run_id: str, key: str, points: Points, since: int) -> MetricHistory:
    """Return what follows the first `since` points, or all where there are not as many."""
    total = len(points.steps)
    start = since if 0 < since <= total else 0
    return _answer(run_id, key, points.take(slice(start, None)), total, start)


def sample(
    run_id: str, key: str, points: Points, max_points: int, start: int | None, end: int | None
) -> MetricHistory:
    """Return at most `max_points` in step order between inclusive bounds. Raises InvalidValue."""
    from tracker.store.sqlite import sampling

    total = len(points.steps)
    inside = (points.steps >= (-(2**63) if start is None else start)) & (
        points.steps <= (2**63 - 1 if end is None else end)
    )
    points = points.take(inside)
    return _answer(run_id, key, points.take(sampling.sample(*points, max_points)), total, 0)


def _answer(run_id: str, key: str, points: Points, total: int, since: int) -> MetricHistory:
    return MetricHistory(
        run_id, key, points.steps, points.timestamps, points.values, total, total, since
    )
