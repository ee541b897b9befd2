"""The panel in a real JupyterLab and browser: lists, curves, live updates, and what it costs.

python -m tests.benchmarks panel [--quick]
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from importlib import import_module

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Findings, Row, Unit
from tests.benchmarks.panel.place import Place, running_place

PARTS = ("weight", "lists", "curves", "live", "beside")
"""Modules here with a function `rows_of`."""
NOTES = (
    "The panel: built for production, in JupyterLab in a headless Chromium without a graphics "
    "card, all on this machine. A time ends when the frame that shows the result is painted, on "
    "the page's own clock. A panel is opened for the first time after JupyterLab was loaded, a "
    "second after the file browser shows the folder.",
    "Scrolled: the list is moved before each frame; rows that were not read yet are places until "
    "they are. From end to end that is hundreds of rows a frame, and they are read where the list "
    "comes to rest.",
    "From log_metric to the pixel: calls at random moments in a kernel, seen by the page that "
    "shows the run's row; both clocks are the machine's.",
    "An hour of live updates: as many messages as a server can send in an hour, each with the rows "
    "of ten runs and one in twenty with a new run, given to the page by its own socket.",
    "Jupyter Server's start: processor time in new processes until it could listen without the "
    "extension, and from there until it had loaded that too.",
    "mlflow ui: its page is loaded, as JupyterLab is, before the clock starts; both show the same "
    "runs, in turn, in the same browser.",
)


def measure(bench: Bench) -> Findings:
    """Measure every part; one that fails costs the others nothing."""
    rows: list[Row] = []
    notes = list(NOTES)
    with running_place(bench.scratch()) as place:
        for name in PARTS:
            part: Callable[[Bench, Place], list[Row]]
            part = import_module(f"{__name__}.{name}").rows_of
            try:
                rows += part(bench, place)
            except Exception as error:
                traceback.print_exc()
                message = f"{type(error).__name__}: {error}".partition("\n")[0]
                notes.append(f"panel/{name} could not be measured: {message}")
                failures = Figure.of([1], Unit.COUNT)
                rows.append(Row(f"panel/{name}, parts that failed", "0", failures, holds=False))
            print(f" {name}", end="", flush=True, file=sys.stderr)
    return Findings("panel", rows, notes=notes)
