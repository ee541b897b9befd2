"""Packing points into columns and back."""

from __future__ import annotations

import struct
import subprocess
import sys
import tracemalloc
import zlib
from array import array
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import StoreError
from tracker.store.sqlite import arrays
from tracker.store.sqlite.columns import SEGMENT_POINTS, PackedColumns, pack, pack_segments, unpack

INT64 = st.integers(-(2**63), 2**63 - 1)
NEARBY = st.integers(-300, 300)
BITS = st.one_of(
    INT64,
    st.sampled_from([0.0, -0.0, 1.0, 5e-324, float("inf"), float("-inf"), float("nan")]).map(
        lambda value: int.from_bytes(struct.pack("<d", value), "little", signed=True)
    ),
)
POINTS = st.one_of(
    st.lists(st.tuples(INT64, INT64, BITS), max_size=100),
    st.lists(st.tuples(NEARBY, INT64, BITS), max_size=300),
    st.lists(st.tuples(NEARBY, NEARBY, st.sampled_from([0, 1, -1])), min_size=30, max_size=300),
)


def columns_of(points: list[tuple[int, int, int]]) -> tuple[array[int], array[int], array[float]]:
    steps, timestamps, bits = zip(*points, strict=True) if points else ((), (), ())
    values = array("d", array("q", bits).tobytes())
    return array("q", steps), array("q", timestamps), values


def random_walk(count: int) -> PackedColumns:
    random = np.random.default_rng(7)
    return pack(
        np.arange(count),
        1_700_000_000_000 + np.cumsum(random.integers(0, 40, count)),
        np.exp(-np.arange(count) / count) + 0.1 * random.standard_normal(count),
    )


def with_blob(packed: PackedColumns, name: str, blob: bytes) -> PackedColumns:
    changes: dict[str, Any] = {name: blob}
    return replace(packed, **changes)


@given(POINTS)
def test_what_is_packed_unpacks_bit_for_bit(points: list[tuple[int, int, int]]) -> None:
    columns = columns_of(points)
    unpacked = unpack(pack(*columns))
    assert [column.tobytes() for column in unpacked] == [column.tobytes() for column in columns]
    assert [column.dtype for column in unpacked] == [np.int64, np.int64, np.float64]


@given(POINTS)
def test_numpy_and_the_standard_library_pack_to_the_same_bytes(
    points: list[tuple[int, int, int]],
) -> None:
    columns = columns_of(points)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "WORTH_A_CALL", 2**62)
        packed = pack(*columns)
        patch.setattr(arrays, "WORTH_A_CALL", 2)
        assert pack(*columns) == packed


def test_numpy_columns_pack_as_arrays_do() -> None:
    steps, timestamps, values = columns_of([(i, i * i, i**5) for i in range(300)])
    packed = pack(steps, timestamps, values)
    assert packed == pack(np.array(steps), np.array(timestamps), np.array(values))
    strided = np.repeat(np.array(values), 2)[::2]
    assert packed == pack(np.array(steps), np.array(timestamps), strided)


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="columns of 1, 2 and 1"):
        pack(array("q", [1]), array("q", [1, 2]), array("d", [1]))


def test_a_typical_training_curve_takes_less_than_16_bytes_a_point() -> None:
    for count in (1_000, 200_000):
        packed = random_walk(count)
        size = len(packed.steps) + len(packed.timestamps) + len(packed.values)
        assert size < 8.5 * count


def test_noise_takes_little_more_than_itself() -> None:
    random = np.random.default_rng(7)
    noise = random.integers(-(2**63), 2**63 - 1, 20_000)
    packed = pack(noise, noise, noise.view(np.float64))
    for column in (packed.steps, packed.timestamps, packed.values):
        assert len(column) <= 8 * 20_000 + 64


def test_one_point_takes_tens_of_bytes() -> None:
    packed = pack(array("q", [3]), array("q", [1_700_000_000_000]), array("d", [0.5]))
    assert len(packed.steps) + len(packed.timestamps) + len(packed.values) < 50


def test_segments_together_are_the_series() -> None:
    count = SEGMENT_POINTS + 5
    steps = np.arange(count)
    values = np.ones(count)
    segments = list(pack_segments(steps, steps, values))
    assert [part for part, _ in segments] == [
        slice(0, SEGMENT_POINTS),
        slice(SEGMENT_POINTS, count),
    ]
    assert np.array_equal(np.concatenate([unpack(packed).steps for _, packed in segments]), steps)


def test_a_count_that_the_bytes_cannot_hold_is_refused_before_memory_is_taken() -> None:
    packed = random_walk(1_000)
    for count in (-1, 999, 1_001, 10**15, 2**70):
        with pytest.raises(StoreError, match="damaged"):
            unpack(replace(packed, count=count))


def test_a_bomb_is_not_inflated_beyond_its_count() -> None:
    bomb = zlib.compress(bytes(50_000_000), 9)
    packed = with_blob(
        random_walk(100_000), "values", b"\x02" + struct.pack("<8I", *[len(bomb)] * 8) + bomb * 8
    )
    tracemalloc.start()
    with pytest.raises(StoreError, match="a plane"):
        unpack(packed)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize("name", ["steps", "timestamps", "values"])
@pytest.mark.parametrize("blob", [b"", b"\x00", b"\x01", b"\x02", b"\x03", b"\xff", b"\x03" * 50])
def test_a_column_of_nonsense_is_refused(name: str, blob: bytes) -> None:
    packed = with_blob(random_walk(1_000), name, blob)
    with pytest.raises(StoreError, match="damaged"):
        unpack(packed)


@pytest.mark.parametrize("blob", [None, "text", 5])
def test_a_column_that_is_no_blob_is_refused(blob: bytes) -> None:
    with pytest.raises(StoreError, match="damaged"):
        unpack(replace(random_walk(1_000), values=blob))


@given(
    name=st.sampled_from(["steps", "timestamps", "values"]),
    at=st.integers(0, 10_000),
    new=st.binary(max_size=4),
    cut=st.integers(0, 4),
)
def test_a_damaged_column_gives_as_many_points_or_a_store_error(
    name: str, at: int, new: bytes, cut: int
) -> None:
    packed = random_walk(500)
    blob = getattr(packed, name)
    at %= len(blob) + 1
    damaged = with_blob(packed, name, blob[:at] + new + blob[at + cut :])
    try:
        columns = unpack(damaged)
    except StoreError:
        return
    assert [len(column) for column in columns] == [500, 500, 500]


def test_packing_a_small_series_does_not_import_numpy() -> None:
    script = """
import sys
from array import array
from tracker.store.sqlite.columns import pack
pack(array("q", range(5000)), array("q", range(5000)), array("d", range(5000)))
assert "numpy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)
