"""A card of a run as the store knows it now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from tracker.entities import Run, ViewType
from tracker.rendering.card import MAX_CHILDREN, Card, main_metrics
from tracker.rendering.sparkline import Curve
from tracker.store.base import Store
from tracker.tracking.runs import PARENT_RUN_ID

CURVE_POINTS = 60


@dataclass(slots=True)
class CardComposer:
    """Reads a card from the store. `params` are those that the run is to have at its end."""

    store: Store
    run_id: str
    params: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    notes: list[str] = field(default_factory=list)
    findings: tuple[str, ...] = ()
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
            self.findings,
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
