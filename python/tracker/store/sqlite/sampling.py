"""Choose the points of a series that a chart of limited width should draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import InvalidValue

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def sample(
    steps: npt.NDArray[np.int64],
    timestamps: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    max_points: int,
) -> npt.NDArray[np.intp]:
    """Return indices of at most `max_points` points, by step, then timestamp, then as given.

    All, where there are no more. Else the first, the last, and of each of equally many points in
    between the least and the greatest, so that no peak is lost. NaN are left out but where nothing
    else is in between: there one stays, for the gap. Raises InvalidValue below one point.
    """
    import numpy as np

    if max_points < 1:
        raise InvalidValue(f"max_points must be 1 or more, not {max_points}.")
    order = _in_step_order(steps, timestamps)
    if len(order) <= max_points:
        return order
    if max_points == 1:
        return order[-1:]
    inner = values[order[1:-1]]
    chosen = _extremes(inner, (max_points - 2) // 2) + 1
    return order[np.concatenate(([0], chosen, [len(order) - 1]))]


def _in_step_order(
    steps: npt.NDArray[np.int64], timestamps: npt.NDArray[np.int64]
) -> npt.NDArray[np.intp]:
    import numpy as np

    ascends = steps[1:] > steps[:-1]
    ascends |= (steps[1:] == steps[:-1]) & (timestamps[1:] >= timestamps[:-1])
    return np.arange(len(steps)) if ascends.all() else np.lexsort((timestamps, steps))


def _extremes(values: npt.NDArray[np.float64], buckets: int) -> npt.NDArray[np.intp]:
    """Return the ascending indices of each bucket's least and greatest value (the first of equals).

    A bucket of NaN alone gives its first.
    """
    import numpy as np

    if buckets == 0:
        return np.empty(0, np.intp)
    edges = np.linspace(0, len(values), buckets, endpoint=False).astype(np.intp)
    owner = np.repeat(np.arange(buckets), np.diff(edges, append=len(values)))
    is_empty = np.isnan(np.fmin.reduceat(values, edges))
    parts = [edges[is_empty]]
    for reduce in (np.fmin, np.fmax):
        extreme = reduce.reduceat(values, edges)
        found = np.flatnonzero(values == extreme[owner])
        parts.append(found[np.diff(owner[found], prepend=-1) > 0])
    return np.unique(np.concatenate(parts))
