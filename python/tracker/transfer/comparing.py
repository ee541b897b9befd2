"""In what a run differs from its copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tracker.entities import DatasetInput, MetricHistory, Run
from tracker.store.limits import shorten

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NAME_TAG = "mlflow.runName"
_NAMED = 3
_LARGEST = 1.7976931348623157e308
"""What MLflow's databases keep for an infinity."""


def facts_that_differ(source: Run, copy: Run, *, loosely: bool = False) -> list[str]:
    """Return the differences of all but points and files, in words.

    `loosely` leaves out what a store that makes its own runs may decide: owner and name's tag.
    """
    found = []
    for what in ("run_name", "user_id", "status", "start_time", "end_time", "lifecycle_stage"):
        one, other = getattr(source.info, what), getattr(copy.info, what)
        if one != other and not (loosely and what == "user_id"):
            found.append(f"{what} is {shorten(one)} in the source, {shorten(other)} here")
    found += _pairs_that_differ("param", source.data.params, copy.data.params)
    tags = dict(source.data.tags), dict(copy.data.tags)
    if loosely:
        tags[0].pop(NAME_TAG, None), tags[1].pop(NAME_TAG, None)
    found += _pairs_that_differ("tag", *tags)
    one_side, other_side = (_inputs(it.inputs.dataset_inputs) for it in (source, copy))
    if one_side != other_side:
        found.append("the data sets that it read")
    return found


def _pairs_that_differ(kind: str, one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
    if not keys:
        return []
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return [f"{kind}s {', '.join(shorten(key) for key in sorted(keys)[:_NAMED])}{more}"]


def _inputs(inputs: Iterable[DatasetInput]) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Data sets as they are told apart: name, digest, tags. Stores keep each of them once."""
    return sorted(
        (it.dataset.name, it.dataset.digest, tuple(sorted(it.tags.items()))) for it in inputs
    )


def same_points(one: MetricHistory, other: MetricHistory) -> bool:
    """Whether two histories are equal, bit for bit, in the same order."""
    import numpy as np

    return all(
        np.array_equal(a, b)
        for a, b in (
            (one.steps, other.steps),
            (one.timestamps, other.timestamps),
            (_bits(one.values), _bits(other.values)),
        )
    )


def points_missing(source: MetricHistory, copy: MetricHistory) -> npt.NDArray[np.intp]:
    """Return which points of the source a server lacks, whatever order it keeps them in.

    A server may keep equal points once, and infinities as the largest numbers.
    """
    import numpy as np

    if len(copy.steps) == 0:
        return np.arange(len(source.steps))
    return np.flatnonzero(~np.isin(_rows(source), _rows(copy)))


def _rows(history: MetricHistory) -> npt.NDArray[np.void]:
    import numpy as np

    values = history.values.astype(np.float64) + 0.0  # -0.0 is 0.0 to a server
    values[values >= _LARGEST], values[values <= -_LARGEST] = np.inf, -np.inf
    columns = (history.steps, history.timestamps, _bits(values))
    table = np.stack([column.astype(np.int64) for column in columns], axis=1)
    return np.ascontiguousarray(table).view(np.dtype((np.void, 24))).ravel()


def _bits(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Values as bits, every NaN the same."""
    import numpy as np

    plain = np.where(np.isnan(values), np.nan, values)
    return np.ascontiguousarray(plain, np.float64).view(np.int64)
