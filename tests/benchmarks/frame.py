"""10,000 runs as a DataFrame: under 0.5 s."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from tests.benchmarks.bench import Bench, in_turn
from tests.benchmarks.figures import Findings, compare
from tests.benchmarks.peers import OURS, Tracker, make_tool
from tests.benchmarks.processes import in_new_process
from tests.benchmarks.runs import MLFLOW, store_of_runs

MOST = 0.5
"""Seconds."""
RUNS = 10_000


def measure(bench: Bench) -> Findings:
    """Make DataFrames in new processes, ours and MLflow's in turn."""
    count = bench.size(RUNS, RUNS // 10)
    found = in_turn(
        bench.rounds(3),
        (OURS, *(peer for peer in bench.peers if peer == MLFLOW)),
        lambda name: time_frame(bench, name, count),
    )
    ours = found.pop(OURS)
    holds = None if bench.quick else ours.median < MOST
    what = f"search_runs: {count:,} runs to a DataFrame"
    note = "To a DataFrame: all runs with 10 params and 10 metrics, again in the same process."
    rows = compare(what, "under 0.5 s", holds, ours, found, most=MOST)
    return Findings("frame", rows, notes=[note])


def time_frame(bench: Bench, name: str, count: int) -> float:
    """Return the seconds in which all runs of a store become a DataFrame."""
    return in_new_process(store_of_runs(bench, name, count).folder, make_frame, name, count)


# -- in the fresh process ---------------------------------------------------------------------


def make_frame(name: str, count: int) -> float:
    """Return the median seconds of `search_runs`, after a first one that imports pandas."""
    tool = make_tool(name, Path.cwd())
    assert isinstance(tool, Tracker)
    api: Any = tool.api
    times = []
    for _ in range(3):
        begin = perf_counter()
        frame = api.search_runs(max_results=count)
        times.append(perf_counter() - begin)
    if len(frame) != count:
        raise AssertionError(f"{name} found {len(frame)} runs of {count}")
    return median(times[1:])
