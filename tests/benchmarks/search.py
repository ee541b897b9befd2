"""Filter and order by a metric and a param: 10,000 runs under 20 ms, 100,000 under 100 ms."""

from __future__ import annotations

from importlib import import_module
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Findings, Row, compare
from tests.benchmarks.peers import OURS
from tests.benchmarks.processes import in_new_process
from tests.benchmarks.runs import MLFLOW, store_of_runs

PROMISES = {10_000: 20e-3, 100_000: 100e-3}
"""Seconds by the number of runs."""
PAGE = 100
EVERYTHING = 50_000
"""The largest page."""
TIMES = {OURS: 6, MLFLOW: 2}
"""Searches in a process. The first one is not counted."""


class Query(NamedTuple):
    """A search; `limit` is the most runs that it returns."""

    what: str
    filter: str
    order: list[str]
    limit: int


NARROW = Query(
    "3 % match, first 100", "metrics.m0 > 0.9 and params.p1 = '0.1'", ["metrics.m1 DESC"], PAGE
)
BROAD = Query(
    "60 % match, first 100",
    "metrics.m0 > 0.1 and params.p1 != '0.1'",
    ["params.p2", "metrics.m1 DESC"],
    PAGE,
)
ALL_NARROW = NARROW._replace(what="3 % match, all of them", limit=EVERYTHING)
NEWEST = Query("no filter, the newest 100", "", [], PAGE)


def measure(bench: Bench) -> Findings:
    """Search stores with the same runs in new processes, ours and MLflow's in turn."""
    rows: list[Row] = []
    for count, most in PROMISES.items():
        for query in (NARROW, BROAD, ALL_NARROW):
            rows += _rows(bench, bench.size(count, count // 10), query, most)
    note = (
        f"Searches: `{NARROW.filter}` ordered by {', '.join(NARROW.order)}, and `{BROAD.filter}` "
        f"ordered by {', '.join(BROAD.order)}, through the client: lists of whole runs, for the "
        "second time or later in a process. The stores hold the same runs, copies of a logged one "
        "with values of their own, written as SQL; nobody was given ANALYZE."
    )
    return Findings("search", rows, notes=[note])


def _rows(bench: Bench, count: int, query: Query, most: float) -> list[Row]:
    found: dict[str, list[float]] = {}
    for turn in range(bench.rounds(3)):
        for name in (OURS, *_peers_worth_it(bench, count, query, turn)):
            times = time_search(bench, name, count, query)
            found.setdefault(name, []).append(times["again"])
    figures = {name: Figure.of(times) for name, times in found.items()}
    ours = figures.pop(OURS)
    what = f"filter and order {count:,} runs: {query.what}"
    if query is ALL_NARROW:  # mostly the fetching of whole runs, of which nothing is promised
        return compare(what, "", None, ours, figures)
    holds = None if bench.quick else ours.median < most
    return compare(what, f"under {most * 1e3:.0f} ms", holds, ours, figures, most=most)


def _peers_worth_it(bench: Bench, count: int, query: Query, turn: int) -> list[str]:
    """Return whom to ask: MLflow, but not for hours."""
    is_long = count > 10_000 or query is BROAD
    is_too_long = count > 10_000 and query is not NARROW
    if MLFLOW not in bench.peers or is_too_long or (is_long and turn > 0):
        return []
    return [MLFLOW]


def time_search(bench: Bench, name: str, count: int, query: Query) -> dict[str, float]:
    """Return what `search` does, in a new process on a store of `count` runs."""
    folder = store_of_runs(bench, name, count).folder
    return in_new_process(folder, search, name, TIMES[name], *query[1:])


# -- in the fresh process ---------------------------------------------------------------------


def search(
    name: str, times: int, filter_string: str, order_by: list[str], limit: int
) -> dict[str, float]:
    """Return seconds: of the `first` search, imports included, and the median of those `again`."""
    taken = []
    begin = perf_counter()
    api: Any = import_module("tracker" if name == OURS else "mlflow")
    client = api.MlflowClient("store" if name == OURS else "sqlite:///mlflow.db")
    experiment = "0" if name == OURS else "1"
    for _ in range(times):
        client.search_runs([experiment], filter_string, max_results=limit, order_by=order_by)
        taken.append(perf_counter() - begin)
        begin = perf_counter()
    return {"first": taken[0], "again": median(taken[1:])}
