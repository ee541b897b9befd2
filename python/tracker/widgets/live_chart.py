"""`LiveChart`: a metric of several runs, drawn while it is logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets
import traitlets

from tracker.entities import MetricHistory, Run
from tracker.errors import NotFound
from tracker.rendering.axis import Kind
from tracker.rendering.card import common_metrics, differing_params, main_metrics
from tracker.rendering.chart import MOST_LINES, Line, chart_svg
from tracker.rendering.palette import colours
from tracker.rendering.smoothing import smooth
from tracker.rendering.wording import clean
from tracker.tracking import session
from tracker.widgets.references import run_ids
from tracker.widgets.view import View, all_ended

POINTS = 400
"""Points of a curve that are drawn; longer ones are sampled with their extremes kept."""
_X_TITLES = {"step": "step", "time": "since the run began", "clock": "time of day"}


class LiveChart(View):
    """A metric of some runs, which is drawn again while any of them goes on.

    `runs` are ids, names, `latest`, `previous` or `Run`s; without any it is the latest run.
    `metric` is the most common one where empty. `x`: `step`, `time` (since the start) or `clock`.
    `smoothing` from 0 to 0.99 is the weight of the past in an exponential moving average; the
    values themselves are then drawn faint. Raises NotFound, InvalidValue.
    """

    runs = traitlets.Tuple()
    metric = traitlets.Unicode()
    metrics = traitlets.Tuple(read_only=True)
    x = traitlets.Enum(list(_X_TITLES), default_value="step")
    is_log = traitlets.Bool(False)
    smoothing = traitlets.Float(0.0, min=0.0, max=0.99)

    def __init__(self, runs: str | Run | Sequence[str | Run] = ("latest",), **options: Any) -> None:
        found = run_ids(session.current_store(), runs)
        self._svg = ""
        self._make_controls()
        super().__init__(**options)
        self.runs = found
        self.children = [self._controls, self._problem, self._picture]
        self.observe(self._draw, ["runs", "metric", "x", "is_log", "smoothing"])
        self._follow()

    def _make_controls(self) -> None:
        narrow = {"description_width": "initial"}
        layout = ipywidgets.Layout
        self._metric = ipywidgets.Dropdown(
            description="Metric", style=narrow, layout=layout(width="240px")
        )
        self._x = ipywidgets.Dropdown(
            description="x",
            options=[("step", "step"), ("time since start", "time"), ("clock", "clock")],
            style=narrow,
            layout=layout(width="170px"),
        )
        self._log = ipywidgets.Checkbox(
            description="log y", indent=False, layout=layout(width="70px")
        )
        self._smooth = ipywidgets.FloatSlider(
            description="Smooth", min=0, max=0.99, step=0.01, readout_format=".2f", style=narrow,
            layout=layout(width="230px"),
        )  # fmt: skip
        parts = [self._metric, self._x, self._log, self._smooth]
        self._controls = ipywidgets.HBox(parts, layout=layout(flex_flow="row wrap"))
        self._picture = ipywidgets.HTML()
        for trait, control in (("x", self._x), ("is_log", self._log), ("smoothing", self._smooth)):
            traitlets.link((self, trait), (control, "value"))
        self._metric.observe(lambda change: self._choose(change["new"]), "value")

    def _choose(self, metric: str | None) -> None:
        if metric and not self._is_quiet:
            self.metric = metric

    # -- drawing ----------------------------------------------------------------------------

    def _look(self) -> None:
        runs = self._read()
        keys = list(dict.fromkeys([*common_metrics(runs), *_all_metrics(runs)]))
        self.set_trait("metrics", tuple(keys))
        key = self.metric or next(iter(keys), "")
        with self._quietly():
            shown = dict.fromkeys([*keys, *([key] if key else [])])
            options = [(clean(one, 60), one) for one in shown]
            if list(self._metric.options) != options:
                self._metric.options = options
            self._metric.value = key or None
        svg = self._draw_svg(runs, key)
        if svg != self._svg:
            self._svg = svg
            self._picture.value = svg
        self._say("")

    def _read(self) -> list[Run]:
        found = []
        for run_id in self.runs:
            try:
                found.append(self._store.get_run(run_id))
            except NotFound:
                continue  # removed for good meanwhile
        return found

    def _draw_svg(self, runs: Sequence[Run], key: str) -> str:
        about = _differences(runs)
        colour = colours([run.info.run_id for run in runs])
        lines = []
        for run in runs:
            summary = run.data.summaries.get(key)
            if summary is not None:
                points = self._store.sample_metric(run.info.run_id, key, max_points=POINTS)
                name = run.info.run_name or run.info.run_id
                xs = self._xs(run, points)
                ys = points.values.tolist()
                line = Line(name, colour[run.info.run_id], xs, ys, about[run.info.run_id])
                lines.append(self._smoothed(line))
            if len(lines) > MOST_LINES:
                break
        kinds: dict[str, Kind] = {"time": "seconds", "clock": "time"}
        return chart_svg(
            lines,
            title=key or "metrics",
            x_title=_X_TITLES[self.x],
            x_kind=kinds.get(self.x, "number"),
            is_log=self.is_log,
        )

    def _xs(self, run: Run, points: MetricHistory) -> list[float]:
        if self.x == "step":
            return [float(step) for step in points.steps.tolist()]
        start = run.info.start_time if self.x == "time" else 0
        return [(moment - start) / 1000 for moment in points.timestamps.tolist()]

    def _smoothed(self, line: Line) -> Line:
        if not self.smoothing:
            return line
        ys = smooth(line.ys, self.smoothing)
        return Line(line.name, line.colour, line.xs, ys, line.about, raw=line.ys)

    def _is_settled(self) -> bool:
        return all_ended(self._read())

    # -- elsewhere --------------------------------------------------------------------------

    @property
    def picture(self) -> str:
        """The chart as SVG, as it is now."""
        return self._svg

    def _static(self) -> dict[str, str]:
        return {"image/svg+xml": self._svg}

    def _text(self) -> str:
        return f"{self.metric or next(iter(self.metrics), 'no metric')} of {len(self.runs)} runs"


def _all_metrics(runs: Sequence[Run]) -> list[str]:
    return [metric.key for run in runs for metric in main_metrics(run, limit=500)]


def _differences(runs: Sequence[Run]) -> dict[str, str]:
    """Return the params in which these runs differ, for the legend."""
    keys = differing_params(runs)
    return {
        run.info.run_id: ", ".join(
            f"{key} = {run.data.params[key]}" for key in keys if key in run.data.params
        )
        for run in runs
    }
