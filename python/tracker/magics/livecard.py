"""The card below a running cell: what the store knows of the run, shown again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tracker.display.card import MAX_CHILDREN, Card, main_metrics
from tracker.display.sparkline import Curve
from tracker.entities import Run, ViewType
from tracker.magics.channel import Channel
from tracker.store.base import Store
from tracker.tracking.runs import PARENT_RUN_ID

CURVE_POINTS = 60
_COST_SHARE = 20
"""A refresh may take one part in this many of the time between two."""
_ELAPSED_SHARE = 60
"""The older a run, the calmer its card: no more than this many updates in the time it has run."""
_SLOWEST = 10.0


@dataclass(slots=True)
class CardComposer:
    """Reads a card from the store. `params` are those that the run is to have at its end."""

    store: Store
    run_id: str
    params: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    notes: list[str] = field(default_factory=list)
    _experiment: str | None = None

    def first(self, run: Run) -> Card:
        """Return the card of a run that has just begun. Raises TrackerError."""
        return Card(run, self._experiment_name(run), run.info.start_time, self.params)

    def compose(self, run: Run | None = None) -> Card:
        """Return the card as of now; `run` is read where it is not given. Raises TrackerError."""
        run = run or self.store.get_run(self.run_id)
        children, count = self._children()
        return Card(
            run,
            self._experiment_name(run),
            time.time_ns() // 1_000_000,
            {**self.params, **run.data.params},
            self._curves(run),
            children,
            count,
            self.error,
            tuple(self.notes),
        )

    def _experiment_name(self, run: Run) -> str:
        if self._experiment is None:
            self._experiment = self.store.get_experiment(run.info.experiment_id).name
        return self._experiment

    def _curves(self, run: Run) -> dict[str, Curve]:
        curves = {}
        for metric in main_metrics(run):
            if metric.count > 1:
                points = self.store.sample_metric(self.run_id, metric.key, max_points=CURVE_POINTS)
                curves[metric.key] = Curve(points.steps.tolist(), points.values.tolist())
        return curves

    def _children(self) -> tuple[list[Run], int]:
        found = self.store.search_runs(
            None,
            filter_string=f"tags.`{PARENT_RUN_ID}` = '{self.run_id}'",
            view_type=ViewType.ACTIVE_ONLY,
            max_results=MAX_CHILDREN,
        )
        oldest_first = sorted(found, key=lambda run: run.info.start_time)
        return oldest_first, len(found) if found.total is None else found.total


class LiveCard:
    """Shows a card when the cell begins, keeps it fresh from a thread, shows the last one."""

    def __init__(self, channel: Channel, compose: Callable[[], Card], *, interval: float) -> None:
        self._channel = channel
        self._compose = compose
        self._interval = interval
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def start(self, first: Card) -> None:
        """Show the first card and begin to keep it fresh."""
        self._channel.show(first)
        if self._channel.is_live:
            threading.Thread(target=self._refresh, name="tracker-card", daemon=True).start()

    def finish(self, last: Card, *, is_shown: bool) -> None:
        """Show the card as it stays. `is_shown` says that nobody cleared the output."""
        self._ended.set()
        with self._lock:
            self._channel.finish(last, is_shown=is_shown)

    def stop(self) -> None:
        """Leave the card as it is."""
        self._ended.set()

    def _refresh(self) -> None:
        began = time.monotonic()
        pause, last_cost = self._interval, 0.0
        while not self._ended.wait(pause):
            before = time.monotonic()
            try:
                card = self._compose()
                with self._lock:
                    if not self._ended.is_set():
                        self._channel.update(card)
            except Exception:  # the last card tells what is wrong, if it still is
                pass
            now = time.monotonic()
            cost = now - before
            # The lesser of two: what is slow once, such as an import, shall not slow the rest.
            calm = max(min(cost, last_cost) * _COST_SHARE, (now - began) / _ELAPSED_SHARE)
            pause, last_cost = max(self._interval, min(calm, _SLOWEST)), cost
