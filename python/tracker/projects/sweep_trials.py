"""What a sweep tried and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class TrialState(StrEnum):
    """How a run of a sweep goes or ended. `STOPPED` is early, for being hopeless."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of a sweep. `value` is the metric's last value, None where it was not logged.

    `points` counts the metric's points, `reason` says why the run failed.
    """

    number: int
    run_id: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    state: TrialState = TrialState.RUNNING
    value: float | None = None
    points: int = 0
    reason: str = ""


def best_of(trials: Sequence[Trial], *, maximize: bool) -> Trial | None:
    """Return the finished trial with the best value, the earliest of several; None without any."""
    rated = [
        (trial.value if maximize else -trial.value, -trial.number, trial)
        for trial in trials
        if trial.state is TrialState.FINISHED
        and trial.value is not None
        and trial.value == trial.value  # NaN is no value to be best with
    ]
    return max(rated, key=lambda pair: pair[:2])[2] if rated else None


def frame_of(trials: Sequence[Trial], metric: str) -> pd.DataFrame:
    """Return one row for each trial, with the columns that `search_runs` has for such facts."""
    import pandas as pd

    names = dict.fromkeys(name for trial in trials for name in trial.parameters)
    rows = [
        {
            "number": trial.number,
            "run_id": trial.run_id,
            "state": trial.state.value,
            f"metrics.{metric}": trial.value,
            "points": trial.points,
            **{f"params.{name}": trial.parameters.get(name) for name in names},
        }
        for trial in trials
    ]
    columns = ["number", "run_id", "state", f"metrics.{metric}", "points"]
    return pd.DataFrame(rows, columns=[*columns, *(f"params.{name}" for name in names)])
