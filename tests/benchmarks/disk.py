"""Bytes per point once a run has ended: under 16."""

from __future__ import annotations

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Findings, Unit, compare
from tests.benchmarks.peers import OURS
from tests.benchmarks.points import store_of_points

MOST = 16.0
POINTS = 100_000


def measure(bench: Bench) -> Findings:
    """Log the same points with every tool and count the bytes of all its files."""
    count = bench.size(POINTS, 5_000)
    found = {name: bytes_per_point(bench, name, count) for name in (OURS, *bench.peers)}
    ours = found.pop(OURS)
    holds = None if bench.quick else ours.median < MOST
    what = f"bytes per point, once a run of {count:,} has ended"
    note = (
        "Bytes per point: all files of a store with one run of one metric, a falling loss with "
        "noise, so that nothing of the last bits can be compressed. Steps count up, times are the "
        "clock's."
    )
    rows = compare(what, "under 16", holds, ours, found, most=MOST)
    return Findings("disk", rows, notes=[note])


def bytes_per_point(bench: Bench, name: str, count: int) -> Figure:
    """Return the bytes of a tool's store with one run of `count` points, by point."""
    return Figure.of([store_of_points(bench, name, count).facts["bytes"] / count], Unit.BYTES)
