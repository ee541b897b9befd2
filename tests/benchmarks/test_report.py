"""Figures, ratios, verdicts and the page that is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.figures import Figure, Findings, Growth, Row, Unit, compare
from tests.benchmarks.processes import WorkerFailed, in_new_process
from tests.benchmarks.report import as_page, as_text, summary, with_chapter
from tests.benchmarks.stored import look


def _figure(*numbers: float) -> Figure:
    return Figure.of(numbers)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (_figure(1.5e-6, 1.7e-6, 2e-6), "1.70 us (1.50 - 2.00)"),
        (_figure(0.0123), "12.3 ms"),
        (_figure(3.0, 1.0, 2.0), "2.00 s (1.00 - 3.00)"),
        (Figure.of([1234.5], Unit.BYTES), "1,234 bytes"),
        (Figure.of([0, 0, 1000], Unit.COUNT), "0 (0 - 1,000)"),
    ],
)
def test_figures_are_told_in_a_unit_that_fits(figure: Figure, text: str) -> None:
    assert str(figure) == text


@pytest.mark.parametrize(
    ("ours", "theirs", "ratio"), [(3.0, 2.0, "1.50"), (1.0, 5_000.0, "1/5,000"), (1.0, 0.0, "")]
)
def test_ratios_are_ours_by_theirs(ours: float, theirs: float, ratio: str) -> None:
    assert Row("", "", _figure(ours), "peer", _figure(theirs)).ratio == ratio


def test_only_the_first_of_several_rows_carries_the_promise() -> None:
    rows = compare("x", "under 1 s", False, _figure(2.0), {"a": _figure(1.0), "b": _figure(4.0)})
    assert [(row.beside, row.promise, row.verdict) for row in rows] == [
        ("a", "under 1 s", "NO"),
        ("b", "", ""),
    ]


def test_the_page_names_what_does_not_hold_and_shows_every_table() -> None:
    found = Findings(
        "x",
        [
            Row("reading", "under 1 s", _figure(2.0), holds=False, most=1.0),
            Row("writing", "under 1 s", _figure(0.5), holds=True),
        ],
        [Growth("By size", ["1", "10"], {"reading": [_figure(1.0), None]})],
        ["Measured so."],
    )
    page = as_page([found], {"Memory": "24 GiB"})
    assert "| reading | under 1 s | 2.00 s |" in page
    assert "| reading | 1.00 s | - |" in page
    assert "- Memory: 24 GiB" in page
    assert summary([found]) == (
        "1 of 2 promises hold. Not held: reading: under 1 s, found 2.00 s, 2.00 times."
    )
    assert "Measured so." in page
    assert "Measured so." in as_text([found])


def test_a_worker_that_fails_says_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(WorkerFailed, match="KeyError: 'no such tool'"):
        in_new_process(tmp_path / "x", look, "no such tool")


def test_a_chapter_that_was_measured_apart_takes_the_place_of_its_older_self() -> None:
    page = as_page([], {})
    slow = Findings("list", [Row("opening", "under 1 s", _figure(2.0), holds=False, most=1.0)])
    fast = Findings("list", [Row("opening", "under 1 s", _figure(0.5), holds=True)])
    other = Findings("start", [Row("starting", "", _figure(3.0))])
    for found in (slow, other, fast):
        page = with_chapter(page, found, {"Load": "0.1"})
    assert page.count("| opening |") == 1
    assert "| opening | under 1 s | 500 ms |" in page
    assert page.index("| opening |") < page.index("| starting |")
    assert page.endswith("<!-- end of start -->\n")
