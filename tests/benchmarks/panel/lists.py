"""100,000 runs in the list: opened, sorted, filtered and scrolled from end to end."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles

from playwright.sync_api import Page

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Row
from tests.benchmarks.panel.place import Place, show_panel
from tests.benchmarks.panel.stores import PARAMS, RUNS, put_runs
from tracker.store import Store, open_store

FOLDER = "many"
OPENED = 0.5
SORTED = 0.15
FRAME = 0.05
SORTS = {
    "Highest m0": ["metrics.m0 DESC"],
    "Lowest m0": ["metrics.m0 ASC"],
    "Name, from A to Z": ["attributes.run_name ASC"],
    "Oldest first": ["attributes.start_time ASC"],
}
"""Labels of the panel's orders, and what they mean."""
FILTERS = (
    "metrics.m0 > 0.1 and params.p1 != '0.1'",
    "metrics.m0 > 0.9 and params.p1 = '0.1'",
    "params.p2 = '0.01'",
    "run-777",
)
_ARE_FIRST = """ids.every((id, i) =>
  document.querySelector(`.jp-tracker-run[aria-rowindex="${i + 2}"]`)?.dataset.runId === id)"""
SORT_LIST = """([label, ids]) => {
  const select = document.querySelector('.jp-tracker-runs [aria-label="Sort by"]');
  const option = [...select.options].find(one => one.textContent === label);
  return bench.until(
    () => bench.write(select, option.value),
    () => %s
  );
}""".replace("%s", _ARE_FIRST)
FILTER_LIST = """([text, ids]) => {
  const box = document.querySelector('.jp-tracker-runs input[role=combobox]');
  return bench.until(
    () => {
      bench.write(box, text);
      const init = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };
      box.dispatchEvent(new KeyboardEvent('keydown', init));
    },
    () => %s
  );
}""".replace("%s", _ARE_FIRST)
_SCROLL = """([duration, length]) => {
  const node = document.querySelector('.jp-tracker-list-scroller');
  const most = Math.min(node.scrollHeight - node.clientHeight, length ?? Infinity);
  node.scrollTop = 0;
  return bench.frames(duration, share => { node.scrollTop = share * most; });
}"""
_JUMP = """place => {
  const node = document.querySelector('.jp-tracker-list-scroller');
  return bench.until(
    () => { node.scrollTop = place * (node.scrollHeight - node.clientHeight); },
    () => {
      const rows = [...document.querySelectorAll('.jp-tracker-run')];
      const { top, bottom } = node.getBoundingClientRect();
      return rows.filter(row => {
        const box = row.getBoundingClientRect();
        return box.bottom > top && box.top < bottom;
      }).length >= Math.floor((bottom - top) / 46);
    }
  );
}"""


def rows_of(bench: Bench, place: Place) -> list[Row]:
    """Measure the list."""
    count = bench.size(RUNS, RUNS // 50)
    folder = place.lab.root / FOLDER
    folder.mkdir()
    put_runs(folder, count)
    store = open_store(folder / ".tracker")
    what = f"{count:,} runs of {PARAMS} params and 10 metrics"
    opened: list[float] = []
    for _ in range(bench.rounds(5)):
        with place.page(FOLDER) as page:
            opened.append(show_panel(page))
    with place.page(FOLDER) as page:
        show_panel(page)
        page.evaluate("() => bench.frames(1000)")
        sorts = [_sorted(bench, page, store, label) for label in SORTS]
        _sort(page, store, "Newest first", [])
        filters = [_filtered(bench, page, store, text) for text in FILTERS]
        _filter(page, store, "")
        jumps = [_seconds(page.evaluate(_JUMP, at)) for at in (0.5, 0.9, 0.1, 0.7, 1, 0.3)]
        scrolls = {
            "end to end in 4 s": _frames(bench, page, 4_000, None),
            "40 rows a second": _frames(bench, page, 3_000, 3 * 40 * 46),
        }
    return [
        _row(bench, f"{what}: first rows after the panel is opened", opened, OPENED),
        *(
            _row(bench, f"sorted: {label}", times, SORTED)
            for label, times in zip(SORTS, sorts, strict=True)
        ),
        *(
            _row(bench, f"filtered: {text}", times, SORTED)
            for text, times in zip(FILTERS, filters, strict=True)
        ),
        Row("rows at a place the scrollbar was pulled to", "", Figure.of(jumps)),
        *_frame_rows(bench, scrolls),
    ]


def _frame_rows(bench: Bench, scrolls: dict[str, list[list[float]]]) -> list[Row]:
    rows = []
    for what, rounds in scrolls.items():
        longest = [max(frames) for frames in rounds]
        rows.append(_row(bench, f"scrolled, {what}: the longest frame", longest, FRAME))
        late = [quantiles(frames, n=100)[98] for frames in rounds]
        rows.append(Row(f"scrolled, {what}: 99 of 100 frames within", "", Figure.of(late)))
    return rows


def _row(bench: Bench, what: str, times: list[float], most: float) -> Row:
    figure = Figure.of(times)
    holds = None if bench.quick else figure.median < most
    return Row(what, f"under {most * 1e3:.0f} ms", figure, holds=holds, most=most)


def _sorted(bench: Bench, page: Page, store: Store, label: str) -> list[float]:
    times = []
    for _ in range(bench.rounds(5)):
        _sort(page, store, "Newest first", [])
        times.append(_sort(page, store, label, SORTS[label]))
    return times


def _sort(page: Page, store: Store, label: str, order_by: list[str]) -> float:
    return _seconds(page.evaluate(SORT_LIST, [label, first_ids(store, order_by=order_by)]))


def _filtered(bench: Bench, page: Page, store: Store, text: str) -> list[float]:
    times = []
    for _ in range(bench.rounds(5)):
        _filter(page, store, "")
        times.append(_filter(page, store, text))
    return times


def _filter(page: Page, store: Store, text: str) -> float:
    is_words = bool(text) and " " not in text
    asked = f"attributes.run_name ILIKE '%{text}%'" if is_words else text
    return _seconds(page.evaluate(FILTER_LIST, [text, first_ids(store, asked)]))


def first_ids(store: Store, filter_string: str = "", order_by: Sequence[str] = ()) -> list[str]:
    """Return the ids of the runs that the list shows first, as the store finds them."""
    found = store.search_runs(
        None, filter_string=filter_string, order_by=order_by, max_results=8, count=False
    )
    return [run.info.run_id for run in found]


def _frames(bench: Bench, page: Page, duration: int, length: int | None) -> list[list[float]]:
    return [
        [_seconds(frame) for frame in page.evaluate(_SCROLL, [duration, length])]
        for _ in range(bench.rounds(3))
    ]


def _seconds(milliseconds: float) -> float:
    return milliseconds / 1e3
