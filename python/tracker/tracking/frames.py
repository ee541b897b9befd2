"""Runs as a DataFrame with MLflow's columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd

from tracker.entities import Run

T = TypeVar("T")

_RESOLUTION = pd.to_datetime(0, unit="ms").unit
_NO_TIME = np.iinfo(np.int64).min
"""What NumPy takes for "not a time"."""


def runs_frame(runs: Sequence[Run]) -> pd.DataFrame:
    """Return one row for each run; what a run does not have is NaN (metrics) or None.

    Metrics are float64 columns, params and tags text, times datetime64[UTC].
    """
    infos = [run.info for run in runs]
    columns: dict[str, object] = {
        "run_id": [info.run_id for info in infos],
        "experiment_id": [info.experiment_id for info in infos],
        "status": [str(info.status) for info in infos],
        "artifact_uri": [info.artifact_uri for info in infos],
        "start_time": _times(info.start_time for info in infos),
        "end_time": _times(info.end_time for info in infos),
    }
    columns |= _spread("metrics.", [run.data.metrics for run in runs], float("nan"))
    columns |= _spread("params.", [run.data.params for run in runs], None)
    columns |= _spread("tags.", [run.data.tags for run in runs], None)
    return pd.DataFrame(columns)


def _times(times: Iterable[int | None]) -> pd.DatetimeIndex:
    """Return times in the resolution that pandas itself chooses for single ones."""
    stamps = np.array([_NO_TIME if time is None else time for time in times], "datetime64[ms]")
    return pd.DatetimeIndex(stamps, tz="UTC").as_unit(_RESOLUTION)


def _spread(prefix: str, rows: Sequence[Mapping[str, T]], missing: T | None) -> dict[str, object]:
    """Return a column for each key that any row has, in the order they first appear."""
    keys = dict.fromkeys(key for row in rows for key in row)
    return {prefix + key: [row.get(key, missing) for row in rows] for key in keys}
