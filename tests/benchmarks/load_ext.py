"""`%load_ext tracker` in a live kernel: under 100 ms."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.bench import Bench, in_turn
from tests.benchmarks.figures import Findings, Row
from tests.benchmarks.kernels import make_project, seconds_inside
from tests.benchmarks.processes import in_new_process
from tests.magics.kernels import running_kernel

MOST = 100e-3
"""Seconds."""
FLOOR = "autoreload"
PEER = "wandb"


def measure(bench: Bench) -> Findings:
    """Time it in a new kernel each time, ours and the others' in turn."""
    names = ["tracker", FLOOR, *([PEER] if "W&B offline" in bench.peers else [])]
    found = in_turn(bench.rounds(5), names, lambda name: _time(bench, name))
    ours = found.pop("tracker")
    rows = [
        Row(
            "%load_ext tracker, in a live kernel",
            "under 100 ms" if name == FLOOR else "",
            ours,
            f"%load_ext {name}",
            theirs,
            ours.median < MOST if name == FLOOR else None,
            MOST,
        )
        for name, theirs in found.items()
    ]
    note = "`%load_ext`: in a new kernel that has run one cell, timed inside the cell."
    return Findings("load_ext", rows, notes=[note])


def _time(bench: Bench, name: str) -> float:
    return in_new_process(bench.scratch(), time_loading, name)


# -- in the fresh process, which starts the kernel --------------------------------------------


def time_loading(name: str) -> float:
    """Return the seconds that loading an extension takes in a kernel that has run a cell."""
    with running_kernel(make_project(Path.cwd())) as kernel:
        kernel.run("1 + 1")
        return seconds_inside(kernel, f"get_ipython().run_line_magic('load_ext', '{name}')")
