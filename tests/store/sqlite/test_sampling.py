"""Choosing the points that a chart draws."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidValue
from tracker.store.sqlite.sampling import sample

STEPS = st.integers(-5, 50) | st.integers(-(2**63), 2**63 - 1)
SERIES = st.lists(st.tuples(STEPS, st.integers(0, 3), st.floats()), max_size=200)


def sampled(
    points: list[tuple[int, int, float]], max_points: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    steps = np.array([step for step, _, _ in points], np.int64)
    timestamps = np.array([timestamp for _, timestamp, _ in points], np.int64)
    values = np.array([value for _, _, value in points], np.float64)
    chosen = sample(steps, timestamps, values, max_points)
    return chosen, values[chosen]


@given(SERIES, st.integers(1, 60))
def test_a_sample_is_bounded_ordered_and_without_repeats(
    points: list[tuple[int, int, float]], max_points: int
) -> None:
    chosen, _ = sampled(points, max_points)
    order = sorted(range(len(points)), key=lambda i: points[i][:2])
    place = {index: rank for rank, index in enumerate(order)}
    ranks = [place[int(index)] for index in chosen]
    assert len(chosen) <= max_points
    assert ranks == sorted(set(ranks))


@given(SERIES)
def test_a_series_with_no_more_points_is_kept_whole(
    points: list[tuple[int, int, float]],
) -> None:
    chosen, _ = sampled(points, max(len(points), 1))
    assert chosen.tolist() == sorted(range(len(points)), key=lambda i: points[i][:2])


@given(SERIES, st.integers(4, 60))
def test_first_last_and_extremes_are_kept(
    points: list[tuple[int, int, float]], max_points: int
) -> None:
    chosen, values = sampled(points, max_points)
    if not points:
        return
    order = sorted(range(len(points)), key=lambda i: points[i][:2])
    assert [chosen[0], chosen[-1]] == [order[0], order[-1]]
    numbers = [value for _, _, value in points if not math.isnan(value)]
    if numbers:
        assert np.nanmin(values) == min(numbers)
        assert np.nanmax(values) == max(numbers)


def test_every_bucket_keeps_its_extremes() -> None:
    random = np.random.default_rng(3)
    values = random.standard_normal(10_000)
    spikes = np.arange(500, 10_000, 1_000)
    values[spikes] = 100.0
    values[spikes + 1] = -100.0
    steps = np.arange(10_000)
    chosen = sample(steps, steps, values, 100)
    assert set(spikes) | set(spikes + 1) <= set(chosen.tolist())
    assert 95 <= len(chosen) <= 100


def test_points_logged_out_of_order_are_drawn_in_step_order() -> None:
    steps = np.arange(10_000)[::-1]
    chosen = sample(steps, steps * 0, steps.astype(float), 10)
    assert steps[chosen].tolist() == sorted(steps[chosen].tolist())
    assert steps[chosen][[0, -1]].tolist() == [0, 9_999]


def test_nan_is_left_out_where_there_are_numbers_and_kept_as_a_gap_where_there_are_none() -> None:
    values = np.ones(1_000)
    values[5::10] = math.nan
    values[300:600] = math.nan
    steps = np.arange(1_000)
    chosen = sample(steps, steps, values, 102)
    gap = (chosen >= 310) & (chosen < 590)
    assert gap.any()
    assert np.isnan(values[chosen][gap]).all()
    assert not np.isnan(values[chosen][(chosen < 290) | (chosen > 610)]).any()


def test_a_series_of_nan_alone_stays_nan() -> None:
    steps = np.arange(1_000)
    chosen = sample(steps, steps, np.full(1_000, math.nan), 10)
    assert 2 <= len(chosen) <= 10
    assert chosen[[0, -1]].tolist() == [0, 999]


@pytest.mark.parametrize(("max_points", "expected"), [(1, [99]), (2, [0, 99]), (3, [0, 99])])
def test_very_few_points_are_the_ends(max_points: int, expected: list[int]) -> None:
    steps = np.arange(100)
    assert sample(steps, steps, np.sin(steps), max_points).tolist() == expected


def test_no_points_at_all_are_refused() -> None:
    steps = np.arange(3)
    with pytest.raises(InvalidValue, match="max_points"):
        sample(steps, steps, np.ones(3), 0)
