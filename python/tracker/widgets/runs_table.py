"""`RunsTable`: runs to filter, sort and tick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets
import traitlets

from tracker.entities import Run
from tracker.rendering.html import MUTED
from tracker.rendering.runtable import ROW_HEIGHT, Column
from tracker.rendering.wording import clean
from tracker.widgets.page import Page, columns_of, read_page
from tracker.widgets.static_table import runs_html, runs_text
from tracker.widgets.view import View, all_ended

_HINT = "metrics.loss < 0.3 and params.lr = '0.1'"


class RunsTable(View):
    """A table of runs that follows the store.

    `filter` is in the grammar of `search_runs`, `order_by` as there (`metrics.loss ASC`; newest
    first where empty). `experiment_names`: None for the active experiment, () for all. `columns`
    (`params.lr`, `metrics.loss`, `tags.team`) are chosen by what differs where empty. `selection`
    are the ids of the ticked runs, `runs` those of the page, `error` says what is wrong with a
    filter that somebody typed. Raises FilterError, InvalidValue for what it is made with.

    To draw what is ticked::

        table, chart = RunsTable(), LiveChart(metric="loss")
        traitlets.dlink((table, "selection"), (chart, "runs"))
    """

    filter = traitlets.Unicode()
    order_by = traitlets.Unicode()
    experiment_names = traitlets.Tuple(allow_none=True, default_value=None)
    columns = traitlets.Tuple()
    page = traitlets.Int(0, min=0)
    page_size = traitlets.Int(20, min=1, max=200)
    selection = traitlets.Tuple()
    runs = traitlets.Tuple(read_only=True)
    total = traitlets.Int(0, read_only=True)
    error = traitlets.Unicode(read_only=True)

    def __init__(self, filter: str = "", **options: Any) -> None:
        self._tokens: list[str | None] = [None]
        self._boxes: dict[str, Any] = {}
        self._columns: list[Column] = []
        self._make_controls()
        super().__init__(filter=filter, **options)
        self.children = [self._head, self._problem, self._body, self._foot]
        self.observe(self._turn_back, ["filter", "order_by", "experiment_names", "page_size"])
        self.observe(self._draw, ["page", "columns"])
        self.observe(self._tick, ["selection"])
        self._follow()

    # -- controls ---------------------------------------------------------------------------

    def _make_controls(self) -> None:
        wide = ipywidgets.Layout(flex="1 1 260px", width="auto", min_width="200px")
        self._filter = ipywidgets.Text(
            placeholder=_HINT, description="Filter", continuous_update=False, layout=wide,
            style={"description_width": "initial"},
        )  # fmt: skip
        self._sort = ipywidgets.Dropdown(
            description="Sort", options=[("newest first", "")],
            layout=ipywidgets.Layout(width="220px"), style={"description_width": "initial"},
        )  # fmt: skip
        self._head = ipywidgets.HBox(
            [self._filter, self._sort], layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        self._ticks = ipywidgets.VBox(layout=ipywidgets.Layout(flex="0 0 auto", width="26px"))
        self._table = ipywidgets.HTML(layout=ipywidgets.Layout(flex="1 1 auto", margin="0"))
        self._body = ipywidgets.HBox([self._ticks, self._table])
        self._back = _button("arrow-left", "The runs before these")
        self._next = _button("arrow-right", "The runs after these")
        self._count = ipywidgets.HTML(layout=ipywidgets.Layout(margin="0 8px"))
        self._foot = ipywidgets.HBox([self._back, self._next, self._count])
        traitlets.link((self, "filter"), (self._filter, "value"))
        self._sort.observe(lambda change: self._choose(change["new"]), "value")
        self._back.on_click(lambda _: setattr(self, "page", max(0, self.page - 1)))
        self._next.on_click(lambda _: setattr(self, "page", self.page + 1))

    def _choose(self, order_by: str | None) -> None:
        if order_by is not None and not self._is_quiet:
            self.order_by = order_by

    def _turn_back(self, _: object) -> None:
        """Another question begins on its first page."""
        self._tokens = [None]
        with self._quietly():
            self.page = 0
        self._draw()

    # -- drawing ----------------------------------------------------------------------------

    def _look(self) -> None:
        page = self._read()
        self._columns = columns_of(page.runs, self.columns)
        self._say("")
        self.set_trait("runs", tuple(run.info.run_id for run in page.runs))
        self.set_trait("total", page.total)
        self._runs = page.runs
        self._fill(page)

    def _read(self) -> Page:
        at = min(self.page, len(self._tokens) - 1)
        page = read_page(
            self._store,
            filter_string=self.filter,
            order_by=self.order_by,
            experiment_names=self.experiment_names,
            size=self.page_size,
            token=self._tokens[at],
        )
        self._tokens[at + 1 :] = [page.token] if page.token else []
        if at != self.page:
            with self._quietly():
                self.page = at
        return page

    def _fill(self, page: Page) -> None:
        value = runs_html(page.runs, self._columns)
        if value != self._table.value:
            self._table.value = value
        self._fill_ticks(page.runs)
        self._fill_sort()
        first = self.page * self.page_size
        self._back.disabled, self._next.disabled = self.page == 0, page.token is None
        several = page.total > len(page.runs)
        for button in (self._back, self._next):
            button.layout.display = "" if several else "none"
        shown = f"{first + 1:,}–{first + len(page.runs):,} of " if several and page.runs else ""
        noun = "run" if page.total == 1 else "runs"
        self._told = f"{shown}{page.total:,} {noun}"
        self._tell()

    def _fill_ticks(self, runs: Sequence[Run]) -> None:
        wanted = [run.info.run_id for run in runs]
        if wanted != list(self._boxes):
            self._boxes = {run.info.run_id: self._box(run) for run in runs}
            head = ipywidgets.Box(layout=_row())
            old, self._ticks.children = self._ticks.children, [head, *self._boxes.values()]
            for box in old:
                box.close()

    def _box(self, run: Run) -> Any:
        name = clean(run.info.run_name or run.info.run_id, 60)
        box = ipywidgets.Checkbox(
            value=run.info.run_id in self.selection, indent=False, tooltip=f"Tick {name}",
            layout=_row(),
        )  # fmt: skip
        box.observe(lambda change: self._pick(run.info.run_id, change["new"]), "value")
        return box

    def _pick(self, run_id: str, is_ticked: bool) -> None:
        if is_ticked == (run_id in self.selection):
            return
        rest = tuple(one for one in self.selection if one != run_id)
        self.selection = (*rest, run_id) if is_ticked else rest

    def _tick(self, _: object) -> None:
        for run_id, box in self._boxes.items():
            box.value = run_id in self.selection
        self._tell()

    def _tell(self) -> None:
        ticked = f", {len(self.selection)} ticked" if self.selection else ""
        self._count.value = f'<span style="{MUTED}">{self._told}{ticked}</span>'

    def _fill_sort(self) -> None:
        options = [("newest first", ""), ("oldest first", "attributes.start_time ASC")]
        for one in self._columns:
            options.append((f"{clean(one.key, 30)} ↑", f"{one.name} ASC"))
            options.append((f"{clean(one.key, 30)} ↓", f"{one.name} DESC"))
        if self.order_by not in [order for _, order in options]:
            options.append((clean(self.order_by, 40), self.order_by))
        with self._quietly():
            if list(self._sort.options) != options:
                self._sort.options = options
            self._sort.value = self.order_by

    def _say(self, problem: str) -> None:
        self.set_trait("error", problem)
        super()._say(problem)

    def _is_settled(self) -> bool:
        return all_ended(self._runs)

    # -- elsewhere --------------------------------------------------------------------------

    def _static(self) -> dict[str, str]:
        return {"text/html": runs_html(self._runs, self._columns)}

    def _text(self) -> str:
        return runs_text(self._runs, self._columns)


def _row() -> Any:
    size = f"{ROW_HEIGHT}px"
    return ipywidgets.Layout(
        width="20px", min_width="20px", height=size, min_height=size, margin="0 0 0 2px",
        overflow="hidden",
    )  # fmt: skip


def _button(icon: str, tooltip: str) -> Any:
    return ipywidgets.Button(icon=icon, tooltip=tooltip, layout=ipywidgets.Layout(width="36px"))
