"""Charts as SVG: well-formed whatever is drawn, with axes that hold every point."""

from __future__ import annotations

import math
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rendering.cards import run
from tracker.rendering.axis import axis
from tracker.rendering.chart import Line, chart_svg
from tracker.rendering.palette import PALETTE, colours
from tracker.rendering.runtable import column, table_html, table_text, telling_columns
from tracker.rendering.smoothing import smooth

FINITE = st.floats(allow_nan=False, allow_infinity=False)
LARGEST = sys.float_info.max
ANY = st.floats(allow_nan=True, allow_infinity=True)


@example([[LARGEST], [-LARGEST]], "", False)
@example([[LARGEST]], "", False)
@example([[1.0, math.nextafter(1.0, 2)]], "", False)
@example([[5e-324, 0.0, LARGEST]], "", True)
@given(st.lists(st.lists(ANY, max_size=8), max_size=4), st.text(max_size=20), st.booleans())
def test_any_values_and_names_make_a_picture(
    curves: list[list[float]], name: str, is_log: bool
) -> None:
    lines = [Line(name, "#123456", range(len(ys)), ys, about=name, raw=ys) for ys in curves]
    root = ElementTree.fromstring(chart_svg(lines, title=name, x_title="step", is_log=is_log))
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        assert "nan" not in path.attrib["d"]


@example(LARGEST, LARGEST)
@example(-LARGEST, LARGEST)
@example(1.0, math.nextafter(1.0, 2))
@example(0.0, 5e-324)
@given(FINITE, FINITE)
def test_an_axis_holds_its_ends_and_a_few_ticks_in_order(one: float, other: float) -> None:
    low, high = sorted((one, other))
    made = axis(low, high)
    assert made.low <= low <= high <= made.high
    places = [place for place, _ in made.ticks]
    assert places == sorted(places)
    assert len(places) <= 22
    assert all(-1e-6 <= made.share(place) <= 1 + 1e-6 for place in places)


@given(st.floats(5e-324, LARGEST), st.floats(1, 1e6))
def test_a_logarithmic_axis_has_ticks_too(low: float, factor: float) -> None:
    made = axis(low, min(low * factor, LARGEST), is_log=True)
    assert len(made.ticks) >= 2
    assert math.isnan(made.share(0.0))


@pytest.mark.parametrize(
    ("span", "words"),
    [(90, "45 s"), (90, "1 min 15 s"), (600, "4 min"), (7200, "1 h 30 min"), (200_000, "1 d")],
)
def test_a_time_span_is_told_in_its_units(span: float, words: str) -> None:
    told = [word for _, word in axis(0, span, kind="seconds", is_wide=False).ticks]
    assert words in told


def test_colours_are_those_of_the_panel() -> None:
    # What `models/colors.ts` gives the same ids: FNV-1a modulo the palette, moved on where taken.
    ids = ["0f3a9c6e21b84d5f9f3c2b1a0d9e8f77", "a", "b"]
    assert list(colours(ids).values()) == [PALETTE[3], PALETTE[12], PALETTE[5]]
    assert len(set(colours([str(number) for number in range(16)]).values())) == 16


def test_smoothing_begins_at_the_first_value_and_leaves_gaps() -> None:
    assert smooth([2.0, 2.0, math.inf, 2.0], 0.9) == pytest.approx([2.0, 2.0, math.inf, 2.0])
    assert smooth([0.0, 1.0], 0.5) == pytest.approx([0.0, 2 / 3])
    assert smooth([1.0, 5.0], 0) == [1.0, 5.0]


def test_a_table_shows_what_differs_and_escapes_it() -> None:
    runs = [
        run("one", params={"lr": "<b>", "depth": "3"}, metrics={"loss": [0.5]}),
        run("two", params={"lr": "0.1", "depth": "3"}, metrics={"system/cpu": [1.0]}, run_id="b"),
    ]
    columns = telling_columns(runs)
    assert [one.name for one in columns] == ["params.lr", "metrics.loss"]
    assert "&lt;b&gt;" in table_html(runs, columns, now=10_000)
    lines = table_text(runs, columns, now=10_000).split("\n")
    assert lines[1].split() == ["one", "finished", "10", "s", "ago", "1.2", "s", "<b>", "0.5"]


def test_columns_are_named_as_in_filters() -> None:
    assert column("params.`a b`").key == "a b"
    assert column("params.`a b`").name == "params.`a b`"
    with pytest.raises(ValueError, match=r"write params\.NAME"):
        column("loss")
