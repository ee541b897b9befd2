"""What is logged to a journal is read back, bit for bit and in order."""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.sqlite.journal_points import (
    Point,
    bits,
    closed_journal,
    log_numbered,
    points_of,
    steps_read,
)
from tracker.entities import Metric
from tracker.errors import InvalidValue, StoreError
from tracker.store.sqlite import arrays
from tracker.store.sqlite.journal import (
    JournalClosed,
    Series,
    create_journal,
    list_journals,
    read_header,
    read_journal,
)
from tracker.store.sqlite.journal_writer import FIRST_CHUNK, AppendWriter, MappedWriter
from tracker.store.sqlite.process import this_process

INT64 = st.integers(-(2**63), 2**63 - 1)
VALUES = st.floats() | INT64.map(lambda number: struct.unpack("<d", struct.pack("<q", number))[0])
KEYS = st.text(max_size=5) | st.sampled_from(["loss", "a/b c", "\0", "é", "\ud800", "x" * 3_000])
POINTS = st.lists(st.tuples(KEYS, VALUES, INT64, INT64), max_size=40)


@pytest.fixture(params=[True, False], ids=["mapped", "appended"])
def mapped(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=[1, 2**62], ids=["numpy", "stdlib"])
def reader(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "WORTH_A_CALL", request.param)
        patch.setattr(arrays, "WORTH_AN_IMPORT", request.param)
        yield


def by_key(points: list[tuple[str, float, int, int]]) -> dict[str, list[Point]]:
    expected: dict[str, list[Point]] = {}
    for key, value, timestamp, step in points:
        expected.setdefault(key, []).append((key, bits(value), timestamp, step))
    return expected


@given(POINTS, st.booleans(), st.booleans())
def test_any_point_is_read_back_bit_for_bit(
    points: list[tuple[str, float, int, int]], mapped: bool, by_numpy: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "WORTH_A_CALL", 1 if by_numpy else 2**62)
        writer = create_journal(Path(folder), "run", mapped)
        for point in points:
            writer.log(*point)
        assert points_of(read_journal(writer.path)) == by_key(points)
        writer.close()
        page = read_journal(writer.path)
        assert points_of(page) == by_key(points)
        assert not page.torn
        assert page.next_offset == writer.path.stat().st_size


@given(POINTS, st.booleans())
def test_a_batch_is_read_back_as_single_points_are(
    points: list[tuple[str, float, int, int]], mapped: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = create_journal(Path(folder), "run", mapped)
        writer.log("loss", 1.0, 2, 3)
        writer.extend(Metric(*point) for point in points)
        expected = by_key([("loss", 1.0, 2, 3), *points])
        assert points_of(read_journal(writer.path)) == expected
        writer.close()


def test_a_batch_larger_than_any_window_is_stored_whole(tmp_path: Path, mapped: bool) -> None:
    writer = create_journal(tmp_path, "run", mapped)
    log_numbered(writer, 10)
    writer.extend(Metric("big", float(i), i, i) for i in range(100_000))
    log_numbered(writer, 10)
    page = read_journal(writer.path)
    assert list(page.points[Series("big")].steps) == list(range(100_000))
    assert list(page.points[Series("m0")].steps) == [*range(10), *range(10)]


def test_data_set_and_model_make_another_series(tmp_path: Path) -> None:
    writer = create_journal(tmp_path, "run")
    writer.log("loss", 1.0, 0, 0)
    writer.extend([Metric("loss", 2.0, 0, 0, "digits", "abc"), Metric("loss", 3.0, 0, 0)])
    writer.extend([Metric("loss", 4.0, 0, 1, model_id="m-1")])
    writer.log(Series("loss", "digits", "abc"), 5.0, 0, 1)
    page = read_journal(writer.path)
    assert {series: list(points.values) for series, points in page.points.items()} == {
        Series("loss"): [1.0, 3.0],
        Series("loss", "digits", "abc"): [2.0, 5.0],
        Series("loss", None, None, "m-1"): [4.0],
    }


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("keys", [1, 3, 2_000])
def test_many_points_come_back_in_order_across_windows(
    tmp_path: Path, mapped: bool, keys: int
) -> None:
    count = 10 * FIRST_CHUNK // 32
    writer = create_journal(tmp_path, "run", mapped)
    log_numbered(writer, count, keys)
    page = read_journal(writer.path)
    assert len(page) == count
    for number in range(keys):
        points = page.points[Series(f"m{number}")]
        assert list(points.steps) == list(range(number, count, keys))
        assert list(points.values) == list(range(number, count, keys))
    writer.close()
    assert points_of(read_journal(writer.path)) == points_of(page)


@pytest.mark.usefixtures("reader")
def test_pages_from_offset_to_offset_are_the_whole(tmp_path: Path, mapped: bool) -> None:
    writer = create_journal(tmp_path, "run", mapped)
    offset, definitions, steps = 0, None, []
    for count in (0, 1, 0, 700, 3):
        log_numbered(writer, count, keys=2)
        again = read_journal(writer.path, offset)
        page = read_journal(writer.path, offset, definitions)
        assert points_of(again) == points_of(page)
        assert again.definitions == page.definitions
        steps += [step for points in page.points.values() for step in points.steps]
        offset, definitions = page.next_offset, page.definitions
    assert offset == writer.end
    assert sorted(steps) == sorted([0, *range(700), *range(3)])


def test_the_header_says_who_writes_what(tmp_path: Path) -> None:
    writer = create_journal(tmp_path, "0123abc")
    header = read_header(writer.path)
    assert header == writer.header == read_journal(writer.path).header
    assert header.run_id == "0123abc"
    assert header.process == this_process()
    assert header.journal_id == writer.journal_id
    assert header.size % 32 == 0


def test_journals_are_listed_by_run(tmp_path: Path) -> None:
    paths = [create_journal(tmp_path, run).path for run in ("a", "b", "ab", "a")]
    (tmp_path / "a.0.draft").touch()
    assert list_journals(tmp_path) == sorted(paths)
    assert list_journals(tmp_path, "a") == sorted([paths[0], paths[3]])
    assert list_journals(tmp_path / "missing") == []


@pytest.mark.parametrize("run_id", ["", "..", "a/b", "a\\b", "a.b", "a\0", "é"])
def test_a_run_id_that_is_no_file_name_is_refused(tmp_path: Path, run_id: str) -> None:
    with pytest.raises(InvalidValue, match="run id"):
        create_journal(tmp_path, run_id)
    assert list(tmp_path.iterdir()) == []


def test_a_closed_journal_is_exactly_as_long_as_its_points(tmp_path: Path, mapped: bool) -> None:
    writer = create_journal(tmp_path, "run", mapped)
    log_numbered(writer, 5)
    end = writer.end
    writer.close()
    writer.close()
    assert writer.closed
    assert writer.end == end == writer.path.stat().st_size
    with pytest.raises(JournalClosed):
        writer.log("m0", 0.0, 0, 0)
    with pytest.raises(JournalClosed):
        writer.log("a new one", 0.0, 0, 0)
    with pytest.raises(JournalClosed):
        writer.extend([Metric("m0", 0.0, 0, 0)])
    assert steps_read(writer.path) == list(range(5))


@pytest.mark.parametrize(
    ("value", "timestamp", "step"),
    [(0.0, 0, 2**63), (0.0, -(2**63) - 1, 0), (10**400, 0, 0), ("0.5", 0, 0), (0.0, 0, 0.5)],
)
def test_what_is_no_point_is_refused_and_leaves_no_trace(
    tmp_path: Path, mapped: bool, value: float, timestamp: int, step: int
) -> None:
    writer = create_journal(tmp_path, "run", mapped)
    log_numbered(writer, 1)
    with pytest.raises(InvalidValue, match="Cannot log the point"):
        writer.log("m0", value, timestamp, step)
    with pytest.raises(InvalidValue, match="Cannot log the point"):
        writer.extend([Metric("new", 1.0, 0, 0), Metric("m0", value, timestamp, step)])
    log_numbered(writer, 1)
    writer.log("new", 7.0, 0, 0)
    page = read_journal(writer.path)
    assert not page.torn
    assert {series.key: list(points.values) for series, points in page.points.items()} == {
        "m0": [0.0, 0.0],
        "new": [7.0],
    }


def test_a_key_that_is_not_text_or_too_long_is_refused(tmp_path: Path, mapped: bool) -> None:
    writer = create_journal(tmp_path, "run", mapped)
    for key in (5, None, "x" * 70_000):
        with pytest.raises(InvalidValue):
            writer.log(key, 1.0, 0, 0)  # type: ignore[arg-type]  # what a caller may get wrong
    log_numbered(writer, 2)
    assert steps_read(writer.path) == [0, 1]


def test_a_kind_of_writer_is_chosen_by_trying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(create_journal(tmp_path, "run", mapped=True), MappedWriter)
    assert isinstance(create_journal(tmp_path, "run", mapped=False), AppendWriter)

    def no_shared_mappings(*_: object, **__: object) -> None:
        raise OSError(19, "No such device")

    monkeypatch.setattr("mmap.mmap", no_shared_mappings)
    writer = create_journal(tmp_path, "run")
    assert isinstance(writer, AppendWriter)
    log_numbered(writer, 3)
    assert steps_read(writer.path) == [0, 1, 2]
    with pytest.raises(OSError, match="No such device"):
        create_journal(tmp_path, "run", mapped=True)


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="cannot allocate ahead")
def test_a_mapped_file_has_its_blocks_before_they_are_written(tmp_path: Path) -> None:
    writer = create_journal(tmp_path, "run", mapped=True)
    for count in (0, FIRST_CHUNK // 32):
        log_numbered(writer, count)
        stat = writer.path.stat()
        assert stat.st_size >= writer.end
        assert stat.st_blocks * 512 >= stat.st_size


def test_without_posix_fallocate_blocks_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("os.posix_fallocate", raising=False)
    writer = create_journal(tmp_path, "run", mapped=True)
    log_numbered(writer, 10_000)
    assert writer.path.stat().st_blocks * 512 >= writer.path.stat().st_size
    assert steps_read(writer.path) == list(range(10_000))


def test_a_missing_folder_is_an_os_error(tmp_path: Path, mapped: bool) -> None:
    with pytest.raises(FileNotFoundError):
        create_journal(tmp_path / "missing", "run", mapped)


def test_a_missing_journal_is_told_from_an_unreadable_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_journal(tmp_path / "missing")
    with pytest.raises(StoreError, match="Cannot read the journal"):
        read_journal(tmp_path)


def test_an_offset_within_a_point_is_refused(tmp_path: Path) -> None:
    path = closed_journal(tmp_path, 3)
    with pytest.raises(InvalidValue, match="ends at offset"):
        read_journal(path, path.stat().st_size - 1)


def test_an_offset_beyond_the_end_gives_an_empty_page(tmp_path: Path) -> None:
    path = closed_journal(tmp_path, 3)
    page = read_journal(path, path.stat().st_size + 320)
    assert not page.points
    assert not page.torn


def test_a_small_run_ends_without_numpy(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from tracker.store.sqlite.columns import pack
from tracker.store.sqlite.journal import SummaryFolder, create_journal, read_journal
writer = create_journal(Path({str(tmp_path)!r}), "run")
for i in range(1000):
    writer.log(f"m{{i % 10}}", float(i), 0, i)
writer.close()
assert len(SummaryFolder(writer.path).advance()) == 10
for points in read_journal(writer.path).points.values():
    pack(points.steps, points.timestamps, points.values)
assert "numpy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_nan_keeps_its_bits(tmp_path: Path, mapped: bool) -> None:
    payload = struct.unpack("<d", struct.pack("<Q", 0xFFF8_0000_DEAD_BEEF))[0]
    assert math.isnan(payload)
    writer = create_journal(tmp_path, "run", mapped)
    writer.log("nan", payload, 0, 0)
    values = read_journal(writer.path).points[Series("nan")].values
    assert values.tobytes() == struct.pack("=Q", 0xFFF8_0000_DEAD_BEEF)
