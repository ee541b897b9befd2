"""What a cell shows of its run: the facts of a card, free of any markup and of any store.

`html.render` and `text.render` turn a `Card` into what people see. Everything here is bounded, so
that a run with a thousand params still gives a card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tracker.entities import MetricSummary, Run, RunStatus
from tracker.rendering.sparkline import Curve

MAX_PARAMS = 16
MAX_METRICS = 8
MAX_CHILDREN = 10
MAX_CHILD_PARAMS = 4
MAX_CHILD_METRICS = 3
SYSTEM_METRICS = "system/"


@dataclass(frozen=True, slots=True)
class Card:
    """One run as its cell shows it.

    `params` may hold more than the run has stored yet. `curves` has points for some of the run's
    metrics. `children` are the runs that the cell started inside this one, oldest first;
    `child_count` counts all of them. `now` (ms) is the end of a run that has none. `findings` say
    what would keep the notebook from giving the run again.
    """

    run: Run
    experiment: str
    now: int
    params: Mapping[str, str] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
    children: Sequence[Run] = ()
    child_count: int = 0
    error: str = ""
    notes: Sequence[str] = ()
    findings: Sequence[str] = ()

    @property
    def is_running(self) -> bool:
        """Whether the run has not ended."""
        return self.run.info.status == RunStatus.RUNNING

    @property
    def milliseconds(self) -> int:
        """How long the run took, or has taken until `now`."""
        return elapsed(self.run, self.now)


class Shown(NamedTuple):
    """The first few of something and how many more there are."""

    rows: list[tuple[str, str]]
    hidden: int


def elapsed(run: Run, now: int) -> int:
    """Return how long the run took in ms, `now` being the end of one that still runs."""
    end = now if run.info.end_time is None else run.info.end_time
    return max(0, end - run.info.start_time)


def findings_line(count: int) -> str:
    """Return what the findings come to, in one line."""
    reasons = "1 reason" if count == 1 else f"{count} reasons"
    return f"Running the notebook from top to bottom may give another result: {reasons}"


def shown_params(card: Card) -> Shown:
    """Return the params that the card has room for, in the order logged."""
    params = list(card.params.items())
    return Shown(params[:MAX_PARAMS], max(0, len(params) - MAX_PARAMS))


def main_metrics(run: Run, limit: int = MAX_METRICS) -> list[MetricSummary]:
    """Return the metrics most worth showing: the run's own before those of the machine."""
    ordered = sorted(run.data.summaries.values(), key=lambda m: m.key.startswith(SYSTEM_METRICS))
    return ordered[:limit]


def shown_children(card: Card) -> Sequence[Run]:
    """Return the children that the card has room for: the latest ones."""
    return card.children[-MAX_CHILDREN:]


def differing_params(runs: Sequence[Run]) -> list[str]:
    """Return the keys of params whose values differ between the runs, as first logged."""
    keys = list(dict.fromkeys(key for run in runs for key in run.data.params))
    differing = [key for key in keys if len({run.data.params.get(key) for run in runs}) > 1]
    return differing[:MAX_CHILD_PARAMS]


def common_metrics(runs: Sequence[Run]) -> list[str]:
    """Return the keys of the few metrics that most of the runs have."""
    counts: dict[str, int] = {}
    for run in runs:
        for key in run.data.summaries:
            if not key.startswith(SYSTEM_METRICS):
                counts[key] = counts.get(key, 0) + 1
    return sorted(counts, key=lambda key: -counts[key])[:MAX_CHILD_METRICS]
