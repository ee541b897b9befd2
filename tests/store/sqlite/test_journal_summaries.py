"""Summaries are those of all points, however they are read."""

from __future__ import annotations

import math
import tempfile
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.sqlite.journal_points import bits
from tracker.entities import Metric, MetricSummary
from tracker.store.sqlite import arrays
from tracker.store.sqlite.journal import (
    SeriesPoints,
    SummaryFolder,
    create_journal,
    fold,
    fold_page,
    merge,
    read_journal,
)

STEPS = st.integers(-2, 2) | st.integers(-(2**63), 2**63 - 1)
VALUES = st.sampled_from([0.0, 1.0, -1.0, math.nan, math.inf, -math.inf]) | st.floats()
POINT = st.tuples(STEPS, STEPS, VALUES)
POINTS = st.lists(POINT, min_size=1, max_size=30)


def columns(points: list[tuple[int, int, float]]) -> SeriesPoints:
    steps, timestamps, values = zip(*points, strict=True)
    return SeriesPoints(array("q", steps), array("q", timestamps), array("d", values))


def one_by_one(points: list[tuple[int, int, float]]) -> MetricSummary:
    """Return the summary as MLflow keeps it, point after point."""
    last = points[0]
    least = most = math.nan
    for point in points:
        seen = [(step, at, 0.0 if math.isnan(v) else v) for step, at, v in (point, last)]
        last = point if seen[0] > seen[1] else last
        if not math.isnan(point[2]):
            least = point[2] if math.isnan(least) else min(least, point[2])
            most = point[2] if math.isnan(most) else max(most, point[2])
    return MetricSummary("m", last[2], least, most, len(points), last[0], last[1])


def comparable(summary: MetricSummary) -> tuple[object, ...]:
    extremes = [repr(value + 0.0) for value in (summary.min, summary.max)]
    rest = (summary.key, summary.count, summary.last_step, summary.last_timestamp)
    return (*rest, "nan" if math.isnan(summary.last) else bits(summary.last), *extremes)


@pytest.mark.parametrize("worth_a_call", [1, 2**62])
@given(points=POINTS)
def test_a_summary_is_what_mlflow_would_keep(
    worth_a_call: int, points: list[tuple[int, int, float]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "WORTH_A_CALL", worth_a_call)
        patch.setattr(arrays, "WORTH_AN_IMPORT", worth_a_call)
        summary = fold(None, "m", columns(points))
    assert comparable(summary) == comparable(one_by_one(points))


@given(POINTS, POINTS)
def test_folding_in_two_parts_is_folding_at_once(
    first: list[tuple[int, int, float]], second: list[tuple[int, int, float]]
) -> None:
    in_parts = fold(fold(None, "m", columns(first)), "m", columns(second))
    merged = merge(fold(None, "m", columns(first)), fold(None, "m", columns(second)))
    at_once = fold(None, "m", columns(first + second))
    assert comparable(in_parts) == comparable(at_once) == comparable(merged)


def test_nan_counts_as_zero_among_points_of_one_step_and_time() -> None:
    above = fold(None, "m", columns([(1, 1, math.nan), (1, 1, 0.5)]))
    below = fold(None, "m", columns([(1, 1, -0.5), (1, 1, math.nan)]))
    assert above.last == 0.5
    assert math.isnan(below.last)
    assert (below.min, below.max) == (-0.5, -0.5)


@given(st.lists(st.lists(st.tuples(st.sampled_from("ab"), POINT), max_size=8), max_size=6))
def test_a_folder_follows_a_journal(
    rounds: list[list[tuple[str, tuple[int, int, float]]]],
) -> None:
    with tempfile.TemporaryDirectory() as path:
        writer = create_journal(Path(path), "run")
        folder = SummaryFolder(writer.path)
        logged: dict[str, list[tuple[int, int, float]]] = {}
        for points in rounds:
            for key, (step, timestamp, value) in points:
                writer.log(key, value, timestamp, step)
                logged.setdefault(key, []).append((step, timestamp, value))
            assert folder.advance().keys() == {key for key, _ in points}
        assert folder.summaries.keys() == logged.keys()
        for key, summary in folder.summaries.items():
            expected = fold(None, key, columns(logged[key]))
            assert comparable(summary) == comparable(expected)
        assert folder.advance() == {}
        assert folder.offset == max(writer.end if logged else 0, folder.offset)


def test_series_of_one_metric_share_its_summary(tmp_path: Path) -> None:
    writer = create_journal(tmp_path, "run")
    writer.extend([Metric("m", 1.0, 0, 5), Metric("m", 9.0, 0, 7, "digits"), Metric("m", 4.0, 0)])
    summary = fold_page({}, read_journal(writer.path))["m"]
    assert (summary.count, summary.last, summary.min, summary.max) == (3, 9.0, 1.0, 9.0)
