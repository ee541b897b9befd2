"""Which params a metric needs to be foretold."""

from __future__ import annotations

from typing import Literal, TypedDict


class ImportanceRequest(TypedDict):
    """At most 1,000 runs."""

    folder: str
    run_ids: list[str]
    metric: str


class ImportanceRow(TypedDict):
    """How much worse the metric is foretold where the param is shuffled, and how sure that is."""

    key: str
    importance: float
    spread: float


class ImportanceAnswer(TypedDict):
    """`score` is the R2 of runs that the forest did not see; null where nothing was computed.

    `left_out` counts params beyond the most that are looked at.
    """

    state: Literal["computed", "not_installed", "too_few_runs", "no_params"]
    params: list[ImportanceRow]
    score: float | None
    runs: int
    left_out: int
