"""`%%track` on an empty cell: under 15 ms on top of the cell."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Findings, Row
from tests.benchmarks.kernels import make_project, time_cell
from tests.benchmarks.processes import in_new_process
from tests.magics.kernels import running_kernel

MOST = 15e-3
"""Seconds."""
WARM_UP = 3
PLAIN = "None"
TRACKED = f"%%track\n{PLAIN}"


def measure(bench: Bench) -> Findings:
    """Time plain cells and tracked ones in turn, in several kernels."""
    cells = bench.size(40, 8)
    kernels = [in_new_process(bench.scratch(), time_cells, cells) for _ in range(bench.rounds(4))]
    figures = {name: Figure.of(times[name] for times in kernels) for name in kernels[0]}
    on_top = figures["on top"]
    what = "%%track on an empty cell, on top of the cell"
    rows = [
        Row(what, "under 15 ms", on_top, "the cell", figures["plain"], on_top.median < MOST, MOST),
        Row("the same, the first in a kernel, which makes the store", "", figures["first"]),
        Row("the next cell, on top of the cell", "", figures["next"]),
    ]
    note = (
        "`%%track`: from the request to the kernel's being idle again, in a git repository; "
        f"the median of {cells} cells in a kernel less that of as many plain cells between them."
    )
    return Findings("track_cell", rows, notes=[note])


# -- in the fresh process, which starts the kernel --------------------------------------------


def time_cells(cells: int) -> dict[str, float]:
    """Return medians of seconds: a plain cell, and what is spent on top of it."""
    with running_kernel(make_project(Path.cwd())) as kernel:
        kernel.run("%load_ext tracker")
        before = [time_cell(kernel, PLAIN) for _ in range(WARM_UP)]
        first = time_cell(kernel, TRACKED) - median(before)
        # The plain cell right after a tracked one may pay for what that one left to do.
        turns = [
            [time_cell(kernel, source) for source in (TRACKED, PLAIN, PLAIN)]
            for _ in range(WARM_UP + cells)
        ]
    tracked, following, plain = (median(times) for times in zip(*turns[WARM_UP:], strict=True))
    return {"plain": plain, "on top": tracked - plain, "next": following - plain, "first": first}
