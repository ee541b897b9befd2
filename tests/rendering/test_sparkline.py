from __future__ import annotations

import math
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rendering.sparkline import BLOCKS, Curve, blocks, end_point, svg_path


def curve(values: Sequence[float]) -> Curve:
    return Curve(range(len(values)), values)


def test_a_rising_line_climbs_through_the_blocks() -> None:
    assert blocks(curve(range(8)), 8) == BLOCKS


def test_each_block_is_the_mean_of_the_points_it_stands_for() -> None:
    assert blocks(curve([0, 0, 4, 0, 8, 8]), 3) == "▁▃█"


def test_a_flat_line_runs_through_the_middle() -> None:
    assert blocks(curve([3.0, 3.0, 3.0])) == "▅▅▅"
    assert svg_path(curve([3.0, 3.0]), 100, 10) == "M0.0 5.0l0 0L100.0 5.0"


def test_what_is_not_finite_leaves_a_gap() -> None:
    values = [0.0, math.nan, 1.0, math.inf]
    assert blocks(curve(values)) == "▁ █ "
    assert svg_path(curve(values), 30, 10) == "M0.0 10.0l0 0M20.0 0.0l0 0"
    assert end_point(curve(values), 30, 10) == (20.0, 0.0)


@pytest.mark.parametrize("values", [[], [1.0], [math.nan, math.nan], [math.inf, 2.0]])
def test_fewer_than_two_finite_points_make_no_line(values: list[float]) -> None:
    assert blocks(curve(values)) == ""
    assert svg_path(curve(values), 100, 10) == ""


def test_points_lie_where_their_steps_say() -> None:
    assert (
        svg_path(Curve([0, 10, 40], [0.0, 1.0, 0.0]), 40, 10) == "M0.0 10.0l0 0L10.0 0.0L40.0 10.0"
    )


def test_points_without_steps_are_spread_evenly() -> None:
    assert svg_path(Curve([0, 0, 0], [0.0, 1.0, 0.0]), 40, 10) == "M0.0 10.0l0 0L20.0 0.0L40.0 10.0"


@given(st.lists(st.floats(), max_size=70), st.integers(1, 20))
def test_any_points_stay_inside_the_picture(values: list[float], width: int) -> None:
    drawn = curve(values)
    assert len(blocks(drawn, width)) <= width
    for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", svg_path(drawn, 100, 20)):
        assert 0 <= float(x) <= 100
        assert 0 <= float(y) <= 20
