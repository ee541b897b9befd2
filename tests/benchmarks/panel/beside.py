"""The panel and `mlflow ui` with the same 3,000 runs, opened in the same browser in turn."""

from __future__ import annotations

import json
import shutil
from urllib.parse import quote

from playwright.sync_api import Page

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Row, compare
from tests.benchmarks.panel.lists import FILTER_LIST, SORT_LIST, first_ids
from tests.benchmarks.panel.place import Place, show_panel
from tests.benchmarks.peers import OURS
from tests.benchmarks.runs import MLFLOW, store_of_runs
from tests.rest.servers import mlflow_server
from tracker.store import Store, open_store

RUNS = 3_000
FOLDER = "beside"
COMPARED = 20
Times = dict[str, list[float]]
OPEN, SORT, FILTER, COMPARE = (
    "first rows",
    "sorted by a metric",
    "filtered by a param",
    f"{COMPARED} runs compared",
)
_FILTERED = "params.p1 = '0.1'"
_THEIR_EXPERIMENTS = quote('["1"]')
_HIGHEST = "metrics.m0 DESC"
_COMPARE_OURS = """async ([runIds, folder]) => bench.until(
  () => jupyterapp.commands.execute('tracker:compare-runs', { runIds, folder }),
  () => document.querySelectorAll('.jp-tracker-compare :is([role=row], tr)').length > 5 &&
    document.querySelector('.jp-tracker-compare .js-plotly-plot')
      ?.querySelectorAll('.barlayer .point').length >= runIds.length
)"""
_GO_THEIRS = """async ([hash, name]) => bench.until(
  () => { location.hash = hash; },
  () => {
    const links = document.querySelectorAll('.ag-root [row-index="0"] a');
    return [...links].some(link => link.textContent.trim() === name);
  }
)"""
_COMPARE_THEIRS = """async hash => bench.until(
  () => { location.hash = hash; },
  () => document.body.textContent.includes('Run details') &&
    document.querySelectorAll('table tr, [role=row]').length > 5 &&
    document.querySelector('.js-plotly-plot svg.main-svg') !== null
)"""


def rows_of(bench: Bench, place: Place) -> list[Row]:
    """Measure both in turn, page after page."""
    count = bench.size(RUNS, RUNS // 10)
    folder = place.lab.root / FOLDER
    shutil.copytree(store_of_runs(bench, OURS, count).folder / "store", folder / ".tracker")
    store = open_store(folder / ".tracker")
    ours: Times = {}
    theirs: Times = {}
    if MLFLOW not in bench.peers:
        _measure_ours(place, store, ours)
    else:
        with mlflow_server(store_of_runs(bench, MLFLOW, count).folder.absolute()) as uri:
            for _ in range(bench.rounds(4)):
                _measure_ours(place, store, ours)
                _measure_theirs(place, store, uri, theirs)
    rows: list[Row] = []
    for what, times in ours.items():
        others = {"mlflow ui": Figure.of(theirs[what])} if what in theirs else {}
        rows += compare(f"{count:,} runs: {what}", "", None, Figure.of(times), others)
    return rows


def _measure_ours(place: Place, store: Store, times: Times) -> None:
    with place.page(FOLDER) as page:
        _note(times, OPEN, show_panel(page) * 1e3)
        page.evaluate("() => bench.frames(500)")
        _note(
            times,
            SORT,
            page.evaluate(SORT_LIST, ["Highest m0", first_ids(store, order_by=[_HIGHEST])]),
        )
        page.evaluate(SORT_LIST, ["Newest first", first_ids(store)])
        _note(times, FILTER, page.evaluate(FILTER_LIST, [_FILTERED, first_ids(store, _FILTERED)]))
        ids = [run.info.run_id for run in store.search_runs(None, max_results=COMPARED)]
        _note(times, COMPARE, page.evaluate(_COMPARE_OURS, [ids, FOLDER]))


def _measure_theirs(place: Place, store: Store, uri: str, times: Times) -> None:
    """Their page is loaded, as JupyterLab is, before the clock starts."""
    runs = "#/experiments/1/runs"
    with place.page("", blank=True) as page:
        page.goto(f"{uri}/#/experiments")
        page.wait_for_selector("text=benchmark", timeout=60_000)
        page.evaluate("() => bench.frames(1000)")
        _note(times, OPEN, page.evaluate(_GO_THEIRS, [runs, _first(store)]))
        page.evaluate("() => bench.frames(500)")
        by = f"{runs}?orderByKey={quote('metrics.`m0`')}&orderByAsc=false"
        _note(times, SORT, page.evaluate(_GO_THEIRS, [by, _first(store, order=_HIGHEST)]))
        newest = f"{runs}?orderByKey=attributes.start_time&orderByAsc=false"
        page.evaluate(_GO_THEIRS, [newest, _first(store)])
        some = f"{newest}&searchFilter={quote(_FILTERED)}"
        _note(times, FILTER, page.evaluate(_GO_THEIRS, [some, _first(store, _FILTERED)]))
        ids = _their_newest(page, uri)
        compared = f"#/compare-runs?runs={quote(json.dumps(ids))}&experiments={_THEIR_EXPERIMENTS}"
        _note(times, COMPARE, page.evaluate(_COMPARE_THEIRS, compared))


def _their_newest(page: Page, uri: str) -> list[str]:
    answer = page.request.post(
        f"{uri}/api/2.0/mlflow/runs/search",
        data={"experiment_ids": ["1"], "max_results": COMPARED},
    )
    return [run["info"]["run_id"] for run in answer.json()["runs"]]


def _note(times: Times, what: str, milliseconds: float) -> None:
    times.setdefault(what, []).append(milliseconds / 1e3)


def _first(store: Store, filter_string: str = "", order: str = "") -> str:
    """Return the name of the run that comes first."""
    by = [order] if order else []
    [run] = store.search_runs(None, filter_string=filter_string, order_by=by, max_results=1)
    return run.info.run_name
