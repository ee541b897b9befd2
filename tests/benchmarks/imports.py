"""`import tracker`: under 60 ms."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.bench import Bench, in_turn
from tests.benchmarks.figures import Figure, Findings, Row, compare
from tests.benchmarks.peers import OURS, module_of
from tests.benchmarks.processes import run_python

MOST = 60e-3
"""Seconds."""
FLOOR = "import sqlite3"
RECORDING = "from tracker import start_run, log_params, log_metric, end_run"
"""`import tracker` alone puts things off until they are used; this is what recording needs."""
STARTING = {
    OURS: "import tracker; tracker.set_tracking_uri('store'); tracker.start_run()",
    "MLflow SQLite": (
        "import mlflow; mlflow.set_tracking_uri('sqlite:///mlflow.db'); mlflow.start_run()"
    ),
}
"""From nothing to a run that is started, in a store that is there already."""
_PROGRAM = """
from time import perf_counter
begin = perf_counter()
{statement}
print("\\n", perf_counter() - begin)
"""


def measure(bench: Bench) -> Findings:
    """Time import statements in bare interpreters, in turn."""
    modules = list(dict.fromkeys(module_of(name) for name in (OURS, *bench.peers)))
    found = _in_turn(bench, [FLOOR, RECORDING, *(f"import {module}" for module in modules)])
    floor, recording, ours = (found.pop(it) for it in (FLOOR, RECORDING, f"import {OURS}"))
    rows = [
        Row(f"import {OURS}", "under 60 ms", ours, FLOOR, floor, ours.median < MOST, MOST),
        *compare(RECORDING, "under 60 ms", recording.median < MOST, recording, found, most=MOST),
    ]
    names = [name for name in STARTING if name in (OURS, *bench.peers)]
    first_runs = dict(
        zip(names, _in_turn(bench, [STARTING[name] for name in names]).values(), strict=True)
    )
    ours = first_runs.pop(OURS)
    rows += compare("import tracker and start_run, new process", "", None, ours, first_runs)
    note = "Imports: in a new interpreter each time, files in the system's cache."
    return Findings("imports", rows, notes=[note])


def _in_turn(bench: Bench, statements: list[str]) -> dict[str, Figure]:
    folder = bench.scratch()
    return in_turn(bench.rounds(7), statements, lambda it: _time(folder, it))


def _time(folder: Path, statement: str) -> float:
    return float(run_python(folder, _PROGRAM.format(statement=statement)).split()[-1])
