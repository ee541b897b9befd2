"""20 curves of 100,000 points each, compared: from the command to the canvas."""

from __future__ import annotations

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Row
from tests.benchmarks.panel.place import Place
from tests.benchmarks.panel.stores import CURVES, KEY, points_of, put_curves
from tracker.store import open_store

FOLDER = "curves"
DRAWN = 0.5
_COMPARE = """async ([runIds, folder, key]) => {
  const { commands, shell } = jupyterapp;
  const chart = () => document.querySelector(`[data-key="${key}"] [data-lines]`);
  const taken = await bench.until(
    () => commands.execute('tracker:compare-runs', { runIds, folder }),
    () => Number(chart()?.dataset.lines ?? 0) >= runIds.length
  );
  shell.currentWidget.close();
  await bench.painted(() => chart() === null);
  return taken;
}"""


def rows_of(bench: Bench, place: Place) -> list[Row]:
    """Measure a comparison that is opened for the first time in a page, and again."""
    points = points_of(bench)
    folder = place.lab.root / FOLDER
    folder.mkdir()
    put_curves(folder, points)
    runs = open_store(folder / ".tracker").search_runs(None)
    asked = [[run.info.run_id for run in runs], FOLDER, KEY]
    first: list[float] = []
    again: list[float] = []
    for _ in range(bench.rounds(4)):
        with place.page(FOLDER) as page:
            first.append(page.evaluate(_COMPARE, asked) / 1e3)
            again += [page.evaluate(_COMPARE, asked) / 1e3 for _ in range(2)]
    what = f"{CURVES} curves of {points:,} points"
    figure = Figure.of(again)
    holds = None if bench.quick else figure.median < DRAWN
    return [
        Row(f"{what} compared", f"under {DRAWN * 1e3:.0f} ms", figure, holds=holds, most=DRAWN),
        Row("the first comparison of a page, which loads the charts", "", Figure.of(first)),
    ]
