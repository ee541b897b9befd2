"""Live updates: how soon, how smoothly, what they leave in memory, and that they end."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from playwright.sync_api import CDPSession, Page

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Row, Unit
from tests.benchmarks.panel.place import Place, hide_panel
from tests.benchmarks.processes import start_in_new_process
from tests.magics.kernels import running_kernel
from tracker.store import open_store

FOLDER = "live"
PIXEL = 0.5
FRAME = 0.05
GROWTH = 1.10
"""The heap after an hour by the heap after its first sixth."""
RUNS = 10
POINTS_A_SECOND = 500
HOUR = 12_000
"""Messages of an hour: a server sends one every 0.3 s at most."""
_METRIC = ".jp-tracker-run-metric[data-value]"
_LOG = """
import json, random, time, tracker
tracker.set_tracking_uri(".tracker")
logged = {{}}
with tracker.start_run(run_name="live"):
    for number in range({count}):
        time.sleep(0.2 + random.random() / 3)
        value = 1000 + number / 8
        logged[str(value).removesuffix(".0")] = time.time()
        tracker.log_metric("loss", value, step=number)
    time.sleep(1)
print(json.dumps(logged))
"""
_HOUR = """async ([count, rows]) => {
  const socket = bench.sockets.at(-1);
  let sent = 0;
  let revision = 10_000_000;
  let last = rows;
  const next = () => {
    last = last.map((row, i) => {
      const value = Math.exp(-sent / 5_000) + i / 10;
      const old = row.metrics.loss;
      const loss = {
        ...old, last: value, min: Math.min(old.min, value), max: Math.max(old.max, value),
        count: old.count + 150, last_step: old.last_step + 150, last_timestamp: Date.now()
      };
      return { ...row, metrics: { ...row.metrics, loss } };
    });
    const runs = [...last];
    if (sent % 20 === 0) {
      const id = `${sent}`.padStart(32, '0');
      const start_time = last[0].start_time + sent;
      runs.push({ ...last[0], run_id: id, run_name: `run ${sent}`, start_time });
    }
    revision += 1;
    sent += 1;
    const kind = { type: 'changes', experiments_changed: false, truncated: false };
    const message = { ...kind, revision, runs };
    socket.onmessage(new MessageEvent('message', { data: JSON.stringify(message) }));
  };
  return new Promise(resolve => {
    const frame = () => {
      for (let i = 0; i < 10 && sent < count; i++) {
        next();
      }
      if (sent < count) {
        requestAnimationFrame(frame);
      } else {
        resolve(null);
      }
    };
    requestAnimationFrame(frame);
  });
}"""


def rows_of(bench: Bench, place: Place) -> list[Row]:
    """Measure a folder in which runs are logged to."""
    folder = place.lab.root / FOLDER
    folder.mkdir()
    open_store(folder / ".tracker").close()
    rows = [_pixels(bench, place, folder)]
    rows += _smooth(bench, place, folder)
    rows.append(_hidden(bench, place, folder))
    rows.append(_memory(bench, place, folder))
    return rows


def _pixels(bench: Bench, place: Place, folder: Path) -> Row:
    """From the call in a kernel to the number in the list."""
    count = bench.size(60, 10)
    with running_kernel(folder) as kernel, place.page(FOLDER) as page:
        kernel.run('import tracker; tracker.set_tracking_uri(".tracker")')
        page.evaluate("panel => jupyterapp.shell.activateById(panel)", "tracker-runs")
        page.evaluate("selector => bench.watch(selector, 'data-value')", _METRIC)
        page.wait_for_timeout(1_500)
        executed = kernel.send(_LOG.format(count=count))
        kernel.receive(executed)
        page.wait_for_timeout(500)
        seen: dict[str, float] = dict(page.evaluate("() => [...bench.seen]"))
        logged: dict[str, float] = json.loads(executed.printed.strip().splitlines()[-1])
    taken = [seen[value] / 1e3 - at for value, at in logged.items() if seen.get(value)]
    # The first one waits for the list to hear of a new store. Some numbers are gone before a frame.
    figure = Figure.of(taken[1:])
    holds = None if bench.quick else figure.median < PIXEL
    what = "from log_metric in a kernel to the pixel in the list"
    return Row(what, f"under {PIXEL * 1e3:.0f} ms at the median", figure, holds=holds, most=PIXEL)


def _smooth(bench: Bench, place: Place, folder: Path) -> list[Row]:
    """Frames of a page that shows the panel, before and while ten runs log."""
    seconds = bench.size(8, 3)
    with place.page(FOLDER) as page:
        show_list(page)
        page.wait_for_timeout(1_000)
        idle = _frames(page, 3)
        with _logging(folder, seconds + 20):
            page.wait_for_timeout(3_000)
            busy = _frames(page, seconds)
    longest, resting = Figure.of([max(busy)]), Figure.of([max(idle)])
    what = f"{RUNS} runs log {RUNS * POINTS_A_SECOND:,} points a second"
    holds = None if bench.quick else longest.median < FRAME
    promise = f"under {FRAME * 1e3:.0f} ms"
    late = [Figure.of([quantiles(it, n=100)[98]]) for it in (busy, idle)]
    return [
        Row(f"{what}: the longest frame", promise, longest, "at rest", resting, holds, FRAME),
        Row("99 of 100 frames within", "", late[0], "at rest", late[1]),
    ]


def show_list(page: Page) -> None:
    """Open the panel and wait for a first row."""
    page.evaluate("panel => jupyterapp.shell.activateById(panel)", "tracker-runs")
    page.wait_for_selector(".jp-tracker-run")


def _frames(page: Page, seconds: float) -> list[float]:
    return [frame / 1e3 for frame in page.evaluate("ms => bench.frames(ms)", seconds * 1e3)]


def _hidden(bench: Bench, place: Place, folder: Path) -> Row:
    """What the page asks for while its panel is closed and runs log."""
    with place.page(FOLDER) as page:
        show_list(page)
        page.wait_for_timeout(1_000)
        hide_panel(page)
        with _logging(folder, 12):
            page.wait_for_timeout(2_000)
            before = page.evaluate("() => bench.asked()")
            page.wait_for_timeout(4_000)
            asked = page.evaluate("() => bench.asked()") - before
            opened = page.evaluate("() => bench.sockets.filter(it => it.readyState < 2).length")
    figure = Figure.of([asked + opened], Unit.COUNT)
    what = "questions in 4 s, and channels, of a panel that is hidden while runs log"
    return Row(what, "0", figure, holds=not figure.median)


def _memory(bench: Bench, place: Place, folder: Path) -> Row:
    """The heap at six moments of an hour of messages, told at speed."""
    total = bench.size(HOUR, HOUR // 20)
    with place.page(FOLDER) as page:
        show_list(page)
        page.wait_for_function("() => bench.sockets.at(-1)?.readyState === 1")
        page.wait_for_timeout(1_000)
        rows = _newest_rows(page)
        session = page.context.new_cdp_session(page)
        heaps: list[float] = []
        for _ in range(6):
            page.evaluate(_HOUR, [total // 6, rows])
            page.wait_for_timeout(1_000)
            heaps.append(_heap(session))
    figure = Figure.of([heaps[-1]], Unit.BYTES)
    holds = None if bench.quick else heaps[-1] < heaps[0] * GROWTH
    what = "heap of the page after an hour of live updates, told at speed"
    first = Figure.of([heaps[0]], Unit.BYTES)
    return Row(what, "grows by less than 10 %", figure, "after 10 min", first, holds)


def _newest_rows(page: Page) -> object:
    return page.evaluate(
        """async folder => {
          const { serverSettings } = jupyterapp.serviceManager;
          const xsrf = /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
          const answer = await fetch(`${serverSettings.baseUrl}tracker/api/runs/search`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', 'X-XSRFToken': xsrf },
            body: JSON.stringify({ folder, max_results: 10, filter: 'metrics.loss > -1000' })
          });
          return (await answer.json()).runs;
        }""",
        FOLDER,
    )


def _heap(session: CDPSession) -> float:
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


@contextmanager
def _logging(folder: Path, seconds: float) -> Iterator[None]:
    """Have ten runs log in a process of its own meanwhile."""
    process = start_in_new_process(folder, log_for, seconds)
    try:
        yield
    finally:
        process.kill()
        process.communicate()


# -- in the fresh process ---------------------------------------------------------------------


def log_for(seconds: float) -> None:
    """Log to ten runs at once, at an even pace."""
    store = open_store(".tracker")
    runs = [store.create_run("0", run_name=f"of ten {i}").info.run_id for i in range(RUNS)]
    begin = time.perf_counter()
    step = 0
    while (now := time.perf_counter() - begin) < seconds:
        while step < now * POINTS_A_SECOND:
            for run_id in runs:
                store.log_metric(run_id, "loss", random.random(), int(time.time() * 1e3), step)
            step += 1
        time.sleep(0.005)
    store.close()
