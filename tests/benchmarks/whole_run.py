"""Start a run, log 10 params and 10 metrics, end it: under 3 ms."""

from __future__ import annotations

import statistics
from pathlib import Path
from time import perf_counter

from tests.benchmarks.bench import Bench, in_turn
from tests.benchmarks.figures import Findings, compare
from tests.benchmarks.peers import OURS, Tool, make_tool
from tests.benchmarks.processes import in_new_process

MOST = 3e-3
"""Seconds."""
WARM_UP = 3
RUNS = {OURS: 200, "W&B offline": 3, "Aim": 5, "trackio": 5}
"""Runs timed in a process, where it is not `USUAL_RUNS`: those that take a second are fewer."""
USUAL_RUNS = 20

PARAMS = {f"p{number}": number / 10 for number in range(10)}
METRICS = {f"m{number}": number / 7 for number in range(10)}


def measure(bench: Bench) -> Findings:
    """Time whole runs in processes of their own, ours and theirs in turn."""
    found = in_turn(bench.rounds(3), (OURS, *bench.peers), lambda name: _time(bench, name))
    ours = found.pop(OURS)
    what = "start_run, 10 params, 10 metrics, end_run"
    return Findings(
        "whole run",
        compare(what, "under 3 ms", ours.median < MOST, ours, found, most=MOST),
        notes=[
            f"A whole run: the median of {RUNS[OURS]} runs of ours and of {USUAL_RUNS} of "
            f"MLflow's in a process, after {WARM_UP} that were not counted; the peers that take a "
            "second for each had fewer. Until `end_run`, or its like, returns."
        ],
    )


def _time(bench: Bench, name: str) -> float:
    return in_new_process(bench.scratch(), time_runs, name, RUNS.get(name, USUAL_RUNS))


# -- in the fresh process ---------------------------------------------------------------------


def time_runs(name: str, count: int) -> float:
    """Return the median seconds of a whole run."""
    tool = make_tool(name, Path.cwd())
    return statistics.median([time_run(tool) for _ in range(WARM_UP + count)][WARM_UP:])


def time_run(tool: Tool) -> float:
    """Return the seconds that one whole run takes."""
    begin = perf_counter()
    tool.start(PARAMS)
    tool.log_metrics(METRICS)
    tool.end()
    return perf_counter() - begin
