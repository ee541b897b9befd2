"""Cells timed in a real kernel, from the request to the last message."""

from __future__ import annotations

import subprocess
from pathlib import Path
from time import perf_counter

from tests.magics.kernels import Kernel


def make_project(folder: Path) -> Path:
    """Make a folder what people have: a git repository with something in it."""
    (folder / "notebook.txt").write_text("a project\n")
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def time_cell(kernel: Kernel, source: str) -> float:
    """Return the seconds until the kernel is idle again. Raises RuntimeError if the cell failed."""
    begin = perf_counter()
    executed = kernel.run(source)
    taken = perf_counter() - begin
    if executed.reply["status"] != "ok":
        raise RuntimeError(f"{source}\n{executed.reply}")
    return taken


def seconds_inside(kernel: Kernel, statement: str) -> float:
    """Return the seconds that a statement takes inside the kernel."""
    program = (
        "from time import perf_counter as _clock; _begin = _clock()\n"
        f"{statement}\nprint('seconds', _clock() - _begin)"
    )
    executed = kernel.run(program)
    if executed.reply["status"] != "ok":
        raise RuntimeError(f"{statement}\n{executed.reply}")
    return float(executed.printed.split()[-1])
