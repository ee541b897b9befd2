"""What recording a run costs its cell, in a large repository and a long session: under 15 ms."""

from __future__ import annotations

import subprocess
from pathlib import Path
from statistics import median

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Findings, Row
from tests.benchmarks.kernels import make_project, time_cell
from tests.benchmarks.processes import in_new_process
from tests.magics.kernels import Kernel, running_kernel

MOST = 15e-3
"""Seconds."""
FILES, CELLS = 2_000, 500
WARM_UP = 3
PLAIN = "rate * len(frame)"
TRACKED = f"%%track\n{PLAIN}"
BLOCK = f"with tracker.start_run():\n    {PLAIN}"


def measure(bench: Bench) -> Findings:
    """Time plain cells, tracked ones, and ones with a run in them in turn, in several kernels."""
    turns = bench.size(40, 6)
    files, cells = bench.size(FILES, FILES // 10), bench.size(CELLS, CELLS // 10)
    kernels = [
        in_new_process(bench.scratch(), time_turns, turns, files, cells)
        for _ in range(bench.rounds(4))
    ]
    figures = {name: Figure.of(times[name] for times in kernels) for name in kernels[0]}
    promise = "under 15 ms"
    where = f"in a repository of {files:,} files after {cells} cells"
    rows = [
        Row(
            f"{what} {where}, on top of the cell",
            promise,
            figures[name],
            "the cell",
            figures["plain"],
            None if bench.quick else figures[name].median < MOST,
            MOST,
        )
        for name, what in (("tracked", "%%track"), ("block", "a run in an ordinary cell"))
    ]
    rows += [
        Row("the next cell, on top of the cell", "", figures["next"]),
        Row("the first run of the session, on top of the cell", "", figures["first"]),
    ]
    note = (
        "Capture: the cells read a DataFrame of 1,000 rows and depend on one another; the project "
        "has 20 imported modules, 5 of them changed. A kernel's figure is the median of "
        f"{turns} turns."
    )
    return Findings("capture", rows, notes=[note])


# -- in the fresh process, which starts the kernel --------------------------------------------


def time_turns(turns: int, files: int, cells: int) -> dict[str, float]:
    """Return medians of seconds: a plain cell, and what is spent on top of it."""
    make_repository(Path.cwd(), files)
    with running_kernel(Path.cwd()) as kernel:
        make_session(kernel, cells)
        before = [time_cell(kernel, PLAIN) for _ in range(WARM_UP)]
        first = time_cell(kernel, TRACKED) - median(before)
        taken = [
            [time_cell(kernel, source) for source in (TRACKED, PLAIN, BLOCK, PLAIN, PLAIN)]
            for _ in range(WARM_UP + turns)
        ]
    columns = [median(times) for times in zip(*taken[WARM_UP:], strict=True)]
    tracked, following, block, _, plain = columns
    return {
        "plain": plain,
        "tracked": tracked - plain,
        "block": block - plain,
        "next": following - plain,
        "first": first,
    }


def make_repository(folder: Path, files: int) -> None:
    """Make a git repository with so many files, some of them modules, a few of those changed."""
    for number in range(files):
        place = folder / f"part{number % 40}"
        place.mkdir(exist_ok=True)
        (place / f"file{number}.txt").write_text(f"file {number}\n")
    for number in range(20):
        (folder / f"bench_module{number}.py").write_text(f"value = {number}\n")
    make_project(folder)
    subprocess.run(["git", "status", "-s"], cwd=folder, check=True, capture_output=True)
    for number in range(5):
        (folder / f"bench_module{number}.py").write_text(f"value = {number + 1}\n")


def make_session(kernel: Kernel, cells: int) -> None:
    """Execute so many cells, as a person who has worked in a notebook for a day."""
    modules = ", ".join(f"bench_module{number}" for number in range(20))
    time_cell(kernel, f"%load_ext tracker\nimport tracker, pandas as pd, numpy as np, {modules}")
    time_cell(kernel, "rate = 0.5\nframe = pd.DataFrame({'a': np.arange(1000.0), 'b': 1})")
    for number in range(cells - 2):
        time_cell(kernel, _CELLS[number % len(_CELLS)].format(n=number, before=max(0, number - 5)))


_CELLS = [
    "part{n} = frame[frame.a > {n}]\nprint(len(part{n}))",
    "frame['column{n}'] = frame.a * {n}\ndel frame['column{n}']",
    "def function{n}(x, y=1):\n    z = x * rate + y\n    return [z for _ in range(3)]",
    "values{n} = [function_of(i) for i in range(10)] if 'function_of' in dir() else [{n}]",
    "total{n} = sum(i * rate for i in range({n}))\nframe.describe()",
]
