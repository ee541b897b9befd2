"""How cost grows: with 1,000 to 100,000 runs, with 10,000 to 10 million points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from tests.benchmarks.bench import Bench
from tests.benchmarks.disk import bytes_per_point
from tests.benchmarks.figures import Figure, Findings, Growth
from tests.benchmarks.frame import time_frame
from tests.benchmarks.history import time_read
from tests.benchmarks.peers import OURS
from tests.benchmarks.points import sample, store_of_points
from tests.benchmarks.processes import in_new_process
from tests.benchmarks.runs import MLFLOW, store_of_runs
from tests.benchmarks.search import BROAD, NARROW, NEWEST, Query, time_search
from tests.benchmarks.whole_run import time_runs

RUNS = (1_000, 10_000, 100_000)
POINTS = (10_000, 1_000_000, 10_000_000)
MLFLOW_FRAMES = 10_000
MLFLOW_POINTS = 1_000_000
"""Sizes up to which MLflow is asked, so as to end the same day."""


def measure(bench: Bench) -> Findings:
    """Measure ours at every size, and MLflow up to where it takes minutes."""
    counts = RUNS[:2] if bench.quick else RUNS
    points = POINTS[:1] if bench.quick else POINTS
    note = (
        "Growth: one process at each size. A whole run is started, logged to and ended in a store "
        "that holds so many. Points are logged to one run, and its last calls are timed. Dashes "
        "stand where MLflow would take too long to measure."
    )
    growth = [_of_runs(bench, counts), _of_points(bench, points)]
    return Findings("growth", growth=growth, notes=[note])


def _of_runs(bench: Bench, counts: Sequence[int]) -> Growth:
    rows: dict[str, list[Figure | None]] = {}

    def add(what: str, time: Callable[[int], float], largest: int = RUNS[-1]) -> None:
        rows[what] = [Figure.of([time(it)]) if it <= largest else None for it in counts]

    add("import, open the store, the newest 100", lambda n: _first_search(bench, n))
    for query in (NEWEST, NARROW, BROAD):
        add(f"search: {query.what}", partial(_search, bench, OURS, query))
    add("all runs to a DataFrame", lambda n: time_frame(bench, OURS, n))
    add("a whole run, start to end", lambda n: _whole_run(bench, OURS, n))
    if MLFLOW in bench.peers:
        add(f"{MLFLOW}, search: {NARROW.what}", partial(_search, bench, MLFLOW, NARROW))
        frames = f"{MLFLOW}, all runs to a DataFrame"
        add(frames, lambda n: time_frame(bench, MLFLOW, n), MLFLOW_FRAMES)
        add(f"{MLFLOW}, a whole run", lambda n: _whole_run(bench, MLFLOW, n))
    return Growth("In a store of so many runs", _heads(counts), rows)


def _first_search(bench: Bench, count: int) -> float:
    return time_search(bench, OURS, count, NEWEST)["first"]


def _search(bench: Bench, name: str, query: Query, count: int) -> float:
    return time_search(bench, name, count, query)["again"]


def _whole_run(bench: Bench, name: str, count: int) -> float:
    return in_new_process(store_of_runs(bench, name, count).folder, time_runs, name, 20)


def _of_points(bench: Bench, counts: Sequence[int]) -> Growth:
    rows = _rows_of_points(bench, OURS, counts)
    rows["a chart of 1,000 of them"] = [
        Figure.of([in_new_process(store_of_points(bench, OURS, count).folder, sample)])
        for count in counts
    ]
    if MLFLOW in bench.peers:
        theirs = _rows_of_points(bench, MLFLOW, [it for it in counts if it <= MLFLOW_POINTS])
        missing = [None] * sum(count > MLFLOW_POINTS for count in counts)
        rows |= {f"{MLFLOW}, {what}": [*found, *missing] for what, found in theirs.items()}
    return Growth("With so many points of one metric in a run", _heads(counts), rows)


def _rows_of_points(
    bench: Bench, name: str, counts: Sequence[int]
) -> dict[str, Sequence[Figure | None]]:
    stores = [store_of_points(bench, name, count) for count in counts]
    return {
        "log_metric": [Figure.of([it.facts["log"]]) for it in stores],
        "end_run": [Figure.of([it.facts["end"]]) for it in stores],
        "all points to NumPy": [
            Figure.of([time_read(it.folder, name, first=True)]) for it in stores
        ],
        "bytes per point": [bytes_per_point(bench, name, count) for count in counts],
    }


def _heads(counts: Sequence[int]) -> list[str]:
    return [f"{count:,}" for count in counts]
