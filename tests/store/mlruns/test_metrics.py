"""Lines of metrics, whole, cut and in pieces."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.neighbours import as_text
from tracker.entities import Metric
from tracker.store.mlruns.metrics import Tail, follow, line, parse, read_points

WHOLE = st.integers(-(2**63), 2**63 - 1)
POINTS = st.lists(st.tuples(WHOLE, st.floats(), WHOLE), max_size=20)
FIELDS = st.one_of(
    st.integers().map(str), st.floats().map(repr), st.sampled_from(["x", "", "1e5", "٣", "1_0"])
)
LINES = st.lists(st.lists(FIELDS, max_size=6).map(" ".join), max_size=12).map("\n".join)


@given(POINTS)
def test_every_point_reads_back_as_it_was_written(points: list[tuple[int, float, int]]) -> None:
    written = [Metric("m", value, timestamp, step) for timestamp, value, step in points]
    rows = parse(b"".join(map(line, written)))
    read = list(zip(rows.timestamps, rows.values, rows.steps, strict=True))
    assert as_text(read) == as_text(points)
    assert (rows.broken, rows.is_torn) == (0, False)


@given(st.one_of(st.binary(max_size=200), LINES.map(str.encode)))
def test_whatever_a_file_holds_can_be_read(data: bytes) -> None:
    rows = parse(data)
    assert len(rows.timestamps) == len(rows.values) == len(rows.steps)
    assert rows.size <= len(data)
    assert rows.is_torn == (not data.endswith(b"\n") and data != b"")
    assert all(-(2**63) <= it < 2**63 for it in (*rows.timestamps, *rows.steps))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(data=LINES.map(str.encode), cuts=st.lists(st.integers(0, 200), max_size=3))
def test_a_file_followed_in_pieces_is_known_as_if_read_at_once(
    tmp_path: Path, data: bytes, cuts: list[int]
) -> None:
    path = tmp_path / "m"
    tail: Tail | None = None
    for end in (*sorted(min(cut, len(data)) for cut in cuts), len(data)):
        path.write_bytes(data[:end])
        tail = follow(str(path), "m", tail)
    assert repr(tail) == repr(follow(str(path), "m", None))


@pytest.mark.parametrize(
    ("name", "digest", "expected"),
    [
        ("digits", "abc", b"1 0.5 2 digits abc\n"),
        ("two words", "abc", b"1 0.5 2\n"),
        ("digits", None, b"1 0.5 2\n"),
        ("a\nb", "abc", b"1 0.5 2\n"),
    ],
)
def test_a_data_set_is_written_where_its_name_can_be(
    name: str, digest: str | None, expected: bytes
) -> None:
    assert line(Metric("m", 0.5, 1, 2, dataset_name=name, dataset_digest=digest)) == expected


def test_a_long_history_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    text = "".join(f"{1_700_000_000_000 + i} {i / 7!r} {i}\n" for i in range(100_000))
    (tmp_path / "metrics" / "loss").write_text(text)
    points = read_points(str(tmp_path), "loss")
    assert points.steps.tolist() == list(range(100_000))
    assert points.values.tolist() == [i / 7 for i in range(100_000)]
