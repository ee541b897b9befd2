"""A million points of one metric as NumPy arrays: under 100 ms."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.bench import Bench, in_turn
from tests.benchmarks.figures import Figure, Findings, Row
from tests.benchmarks.peers import OURS
from tests.benchmarks.points import FLOOR, read, store_of_points, write_floor
from tests.benchmarks.processes import in_new_process

MOST = 100e-3
"""Seconds."""
MANY = 1_000_000
FEWER = 100_000
"""Points for the peers that take minutes to be given a million."""


def measure(bench: Bench) -> Findings:
    """Read the points of finished runs in new processes."""
    many, fewer = bench.size(MANY, 20_000), bench.size(FEWER, 5_000)
    rows = _rows(bench, many, [peer for peer in bench.peers if peer == "MLflow SQLite"])
    rows += _rows(bench, fewer, [peer for peer in bench.peers if peer in ("trackio", "Aim")])
    note = (
        "To NumPy: read in new processes that have imported NumPy; the points of peers that have "
        "no arrays are put into one. W&B cannot read back what it wrote offline."
    )
    return Findings("history", rows, notes=[note])


def _rows(bench: Bench, count: int, peers: list[str]) -> list[Row]:
    folders = {name: store_of_points(bench, name, count).folder for name in (OURS, *peers)}
    folders[FLOOR] = bench.prepared(f"{count} numbers", lambda it: _write_floor(it, count)).folder
    ours, floor = in_turn(
        bench.rounds(5), (OURS, FLOOR), lambda name: time_read(folders[name], name)
    ).values()
    what = f"{count:,} points of one metric to NumPy"
    holds = ours.median < MOST if count == MANY else None
    promise = "" if holds is None else "under 100 ms"
    rows = [Row(what, promise, ours, FLOOR, floor, holds, MOST)]
    for name in peers:
        theirs = Figure.of([time_read(folders[name], name, first=True)])
        rows.append(Row(what, "", ours, name, theirs))
    return rows


def _write_floor(folder: Path, count: int) -> dict[str, float]:
    in_new_process(folder, write_floor, count)
    return {}


def time_read(folder: Path, name: str, *, first: bool = False) -> float:
    """Return the seconds a new process needs to read the points, for the first time or later."""
    times = in_new_process(folder, read, name, 1 if first else 6)
    return times["first" if first else "again"]
