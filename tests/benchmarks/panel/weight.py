"""What the panel costs those who do not open it: bytes of the page, time of the server's start."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from urllib.parse import urlsplit

from playwright.sync_api import Response

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Row, Unit
from tests.benchmarks.panel.place import NAME, Place
from tests.benchmarks.processes import in_new_process

BYTES = 60_000
START = 0.05


def rows_of(bench: Bench, place: Place) -> list[Row]:
    """Measure what is loaded before a view is, and the start of Jupyter Server."""
    sizes = loaded_bytes(place)
    total = Figure.of([float(sum(sizes.values()))], Unit.BYTES)
    files = Figure.of([float(len(sizes))], Unit.COUNT)
    weighed = Row(
        "labextension before a view is opened, gzip",
        f"under {BYTES:,} bytes",
        total,
        holds=total.median < BYTES,
        most=BYTES,
    )
    return [weighed, Row("in so many files", "", files), _start(bench)]


def loaded_bytes(place: Place) -> Mapping[str, int]:
    """Return the compressed bytes of each file of ours that a fresh page has asked for."""
    answers: list[Response] = []
    with place.page("", blank=True) as page:
        page.on("response", lambda answer: answers.append(answer))
        place.go(page, "")
        page.wait_for_timeout(1_000)
        ours = [it for it in answers if f"/lab/extensions/{NAME}/" in it.url and it.ok]
        return {
            urlsplit(it.url).path.rpartition("/")[2]: len(gzip.compress(it.body(), mtime=0))
            for it in ours
        }


def _start(bench: Bench) -> Row:
    folder = bench.scratch()
    measured = [in_new_process(folder, start_server) for _ in range(bench.rounds(10) + 1)][1:]
    alone, grown = (Figure.of(list(column)) for column in zip(*measured, strict=True))
    holds = None if bench.quick else grown.median < START
    promise = f"under {START * 1e3:.0f} ms"
    what = "Jupyter Server's start grows by"
    return Row(what, promise, grown, "start without", alone, holds, START)


# -- in the fresh process ---------------------------------------------------------------------


def start_server() -> tuple[float, float]:
    """Return the seconds of processor time a server's start takes without ours, and ours more.

    Ours is added where a server loads its extensions, after all others. Two starts differ by more
    than what it takes, so it is measured inside of one.
    """
    import os
    import sys
    from pathlib import Path
    from time import process_time

    for name in [it for it in sys.modules if it.partition(".")[0] == "tracker"]:
        del sys.modules[name]
    begin = process_time()
    for name in ("CONFIG", "DATA", "RUNTIME"):
        os.environ[f"JUPYTER_{name}_DIR"] = str(Path(name.lower()).resolve())
    from jupyter_server.serverapp import ServerApp

    app = ServerApp()
    app.jpserver_extensions = {"tracker": False}
    app.initialize(["--ServerApp.port=0", "--no-browser", "--allow-root"], new_httpserver=False)
    assert "tracker" not in sys.modules
    initialized = process_time()
    app.extension_manager.add_extension("tracker", enabled=True)  # type: ignore[no-untyped-call]  # has no types
    app.extension_manager.link_extension("tracker")  # type: ignore[no-untyped-call]  # has no types
    app.extension_manager.load_extension("tracker")  # type: ignore[no-untyped-call]  # has no types
    assert app.web_app.settings["tracker_routes"]
    return initialized - begin, process_time() - initialized
