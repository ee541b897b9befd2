"""`CompareView`: runs beside one another, their curves and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets
import traitlets

from tracker.diff import Difference, difference
from tracker.entities import Run
from tracker.rendering import comparison, comparison_text
from tracker.rendering.html import MUTED
from tracker.rendering.wording import clean
from tracker.tracking import session
from tracker.widgets.live_chart import LiveChart
from tracker.widgets.references import run_ids
from tracker.widgets.view import View, all_ended

MOST_RUNS = 20


class CompareView(View):
    """Runs held against a baseline: curves of a metric, and all that differs, cell by cell.

    `runs` are given as in `LiveChart`, 20 at most are compared; `baseline` is the id of one of
    them, the first where empty; `metric` that of the chart. Raises NotFound, InvalidValue.
    """

    runs = traitlets.Tuple()
    baseline = traitlets.Unicode()
    metric = traitlets.Unicode()

    def __init__(
        self, runs: str | Run | Sequence[str | Run] = ("previous", "latest"), **options: Any
    ) -> None:
        self._difference: Difference | None = None
        self._shown: tuple[object, ...] = ()
        found = run_ids(session.current_store(), runs)
        self._make_controls()
        super().__init__(**options)
        self.runs = found
        self._chart = LiveChart(self.runs, metric=self.metric)
        traitlets.dlink((self, "runs"), (self._chart, "runs"))
        traitlets.link((self, "metric"), (self._chart, "metric"))
        self.children = [self._baseline, self._problem, self._chart, self._body]
        self.observe(self._draw, ["runs", "baseline"])
        self._follow()

    def _make_controls(self) -> None:
        self._baseline = ipywidgets.Dropdown(
            description="Baseline", style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="320px"),
        )  # fmt: skip
        self._body = ipywidgets.HTML()
        self._baseline.observe(lambda change: self._choose(change["new"]), "value")

    def _choose(self, run_id: str | None) -> None:
        if run_id and not self._is_quiet:
            self.baseline = run_id

    def _look(self) -> None:
        runs = [self._store.get_run(run_id) for run_id in self.runs[:MOST_RUNS]]
        runs.sort(key=lambda run: run.info.run_id != self.baseline)
        self._fill_baseline(runs)
        # What was measured changes while a run goes on; reading its code again costs more.
        state = tuple((run.info, run.data) for run in runs)
        if state == self._shown:
            return
        self._shown = state
        self._difference = difference(runs) if len(runs) > 1 else None
        self._body.value = self._html()
        self._say("")

    def _fill_baseline(self, runs: Sequence[Run]) -> None:
        named = {run.info.run_id: run.info.run_name or run.info.run_id for run in runs}
        options = [(clean(named[one], 50), one) for one in self.runs if one in named]
        with self._quietly():
            if list(self._baseline.options) != options:
                self._baseline.options = options
            self._baseline.value = runs[0].info.run_id if runs else None
        self._baseline.layout.display = "" if len(runs) > 1 else "none"

    def _html(self) -> str:
        if self._difference is None:
            told = "Two runs or more are compared: tick them in a RunsTable, or name them."
            return f'<div style="{MUTED};padding:6px 0">{told}</div>'
        more = len(self.runs) - MOST_RUNS
        rest = f'<div style="{MUTED}">and {more} more runs</div>' if more > 0 else ""
        return comparison.render(self._difference) + rest

    def _is_settled(self) -> bool:
        return all_ended(self._store.get_run(run_id) for run_id in self.runs)

    def _static(self) -> dict[str, str]:
        return {"text/html": f"<div>{self._chart.picture}</div>{self._html()}"}

    def _text(self) -> str:
        return comparison_text.render(self._difference) if self._difference else "No comparison."
