"""What the panel costs those who do not open it: bytes of the page, time of the server's start."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from urllib.parse import urlsplit

from playwright.sync_api import Response

from tests.benchmarks.bench import Bench, in_turn
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
    found = in_turn(
        bench.rounds(6),
        ("with", "without"),
        lambda way: in_new_process(folder / way, start_server, way == "with"),
    )
    ours, theirs = found["with"], found["without"]
    # What else the machine does only adds: the least of many rounds is what the start takes.
    grown = Figure.of([max(ours.least - theirs.least, 0.0)])
    holds = None if bench.quick else grown.median < START
    promise = f"under {START * 1e3:.0f} ms"
    what = "Jupyter Server's start grows by"
    return Row(what, promise, grown, "start without", theirs, holds, START)


# -- in the fresh process ---------------------------------------------------------------------


def start_server(with_ours: bool) -> float:
    """Return the seconds of processor time until a server with or without ours could serve."""
    import os
    from pathlib import Path
    from time import process_time

    begin = process_time()
    for name in ("CONFIG", "DATA", "RUNTIME"):
        os.environ[f"JUPYTER_{name}_DIR"] = str(Path(name.lower()).resolve())
    from jupyter_server.serverapp import ServerApp

    app = ServerApp()
    app.jpserver_extensions = {"tracker": with_ours}
    app.initialize(["--ServerApp.port=0", "--no-browser", "--allow-root"], new_httpserver=False)
    assert ("tracker" in app.extension_manager.extensions) == with_ours or not with_ours
    return process_time() - begin
