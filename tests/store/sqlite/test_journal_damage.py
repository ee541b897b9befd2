"""A damaged journal gives everything before the damage, and says that there was some."""

from __future__ import annotations

import json
import struct
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.sqlite.journal_points import closed_journal, points_of, steps_read
from tracker.errors import StoreError, StoreTooNew
from tracker.store.sqlite import arrays
from tracker.store.sqlite.journal import create_journal, read_header, read_journal
from tracker.store.sqlite.journal_format import DEFINITION, SLOT, Series, encode_definition


@pytest.fixture(params=[1, 2**62], ids=["numpy", "stdlib"], autouse=True)
def reader(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "WORTH_A_CALL", request.param)
        patch.setattr(arrays, "WORTH_AN_IMPORT", request.param)
        yield


def slot(step: int, number: int) -> bytes:
    point = struct.pack("<qqdI", step, 0, 1.0, number)
    return point + zlib.crc32(point).to_bytes(4, "little")


def journal_of(folder: Path, *slots: bytes) -> Path:
    """Return a journal whose slots are given as bytes."""
    path = closed_journal(folder, 0)
    with path.open("ab") as file:
        file.write(b"".join(slots))
    return path


def test_a_journal_cut_at_any_byte_keeps_every_whole_point(tmp_path: Path) -> None:
    writer = create_journal(tmp_path, "run")
    ends = []
    for i in range(12):
        writer.log(f"a metric with a rather long name {i // 4}", 0.1 * i, 2**40 + i, i - 3)
        ends.append(writer.end)
    writer.close()
    data = writer.path.read_bytes()
    header = read_header(writer.path).size
    for cut in range(header, len(data) + 1):
        writer.path.write_bytes(data[:cut])
        page = read_journal(writer.path)
        assert sum(end <= cut for end in ends) == len(page)
        assert steps_read(writer.path) == list(range(-3, len(page) - 3))
        assert page.torn == any(data[page.next_offset : cut])
        assert page.next_offset <= cut


def test_a_cut_point_before_reserved_space_is_torn(tmp_path: Path) -> None:
    path = closed_journal(tmp_path, 10)
    data = path.read_bytes()
    for kept in range(32):
        path.write_bytes(data[: len(data) - 32 + kept] + bytes(70_000))
        page = read_journal(path)
        assert steps_read(path) == list(range(9))
        assert page.torn == any(data[len(data) - 32 :][:kept])
        assert page.next_offset == len(data) - 32


def test_a_header_cut_at_any_byte_is_unreadable(tmp_path: Path) -> None:
    path = closed_journal(tmp_path, 3)
    data = path.read_bytes()
    length = len(data[: read_header(path).size].rstrip(b"\0"))
    for cut in range(length):
        path.write_bytes(data[:cut])
        with pytest.raises(StoreError, match="Cannot read the journal"):
            read_journal(path)


@pytest.mark.parametrize("facts", [[], {}, {"run_id": "a"}, {"process": 5}, "text", None])
def test_a_header_of_other_json_is_unreadable(tmp_path: Path, facts: object) -> None:
    text = json.dumps(facts).encode()
    path = tmp_path / "run.x.journal"
    path.write_bytes(struct.pack("<8sIII", b"trkjrnl\n", 1, len(text), zlib.crc32(text)) + text)
    with pytest.raises(StoreError, match="header is damaged"):
        read_header(path)


def test_a_later_format_is_refused_as_such(tmp_path: Path) -> None:
    path = closed_journal(tmp_path, 3)
    data = bytearray(path.read_bytes())
    data[8] = 2
    path.write_bytes(data)
    with pytest.raises(StoreTooNew, match="later version"):
        read_journal(path)


@pytest.mark.parametrize("count", [5, 64, 1_000])
@pytest.mark.parametrize("byte", [0, 8, 16, 24, 28])
def test_one_wrong_byte_ends_the_journal_there(tmp_path: Path, count: int, byte: int) -> None:
    path = closed_journal(tmp_path, count)
    data = bytearray(path.read_bytes())
    wrong = count * 2 // 3
    data[len(data) - 32 * (count - wrong) + byte] ^= 4
    path.write_bytes(data)
    assert read_journal(path).torn
    assert steps_read(path) == list(range(wrong))


@pytest.mark.parametrize("holes", [[500], [500, 501], [500, 510], [0, 1], list(range(448, 512))])
def test_a_hole_ends_the_journal_also_where_holes_come_in_pairs(
    tmp_path: Path, holes: list[int]
) -> None:
    path = closed_journal(tmp_path, 1_000)
    data = bytearray(path.read_bytes())
    for hole in holes:
        at = len(data) - 32 * (1_000 - hole)
        data[at : at + 32] = bytes(32)
    path.write_bytes(data)
    assert read_journal(path).torn
    assert steps_read(path) == list(range(holes[0]))


@given(at=st.integers(0, 2_000), new=st.binary(max_size=70), cut=st.none() | st.integers(0, 2_000))
def test_after_any_damage_a_prefix_is_read(at: int, new: bytes, cut: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = closed_journal(Path(folder), 40, keys=3)
        whole = points_of(read_journal(path))
        data = path.read_bytes()
        path.write_bytes((data[:at] + new + data[at + len(new) :])[:cut])
        try:
            page = read_journal(path)
        except StoreError:
            return
        for key, points in points_of(page).items():
            assert points == whole[key][: len(points)]


@given(st.binary(max_size=400))
def test_any_bytes_after_the_header_are_read_or_left(tail: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = journal_of(Path(folder), tail)
        page = read_journal(path)
        assert len(page) == 0
        assert page.torn == any(tail[page.next_offset - path.stat().st_size + len(tail) :])


@given(st.lists(st.sampled_from([b"p0", b"p1", b"d0", b"d1", b"bad", b"zero", b"cut"]), max_size=9))
def test_numpy_and_the_standard_library_read_the_same(kinds: list[bytes]) -> None:
    slots = {
        b"p0": slot(5, 0) * 3,
        b"p1": slot(6, 1) + slot(7, 0),
        b"d0": encode_definition(0, Series("zero")),
        b"d1": encode_definition(1, Series("a longer name than one slot holds")),
        b"bad": slot(5, 0)[:-1] + b"?",
        b"zero": bytes(64),
        b"cut": slot(9, 0)[:20],
    }
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = journal_of(Path(folder), *(slots[kind] for kind in kinds))
        pages = []
        for worth in (1, 2**62):
            patch.setattr(arrays, "WORTH_A_CALL", worth)
            pages.append(read_journal(path))
        assert points_of(pages[0]) == points_of(pages[1])
        assert pages[0].next_offset == pages[1].next_offset
        assert pages[0].torn == pages[1].torn


def test_a_point_of_an_undefined_series_ends_the_journal(tmp_path: Path) -> None:
    name = encode_definition(0, Series("known"))
    path = journal_of(tmp_path, name, slot(1, 0) * 300, slot(2, 7), slot(3, 0))
    page = read_journal(path)
    assert page.torn
    assert list(page.points[Series("known")].steps) == [1] * 300


@pytest.mark.parametrize("text", [b"[]", b"5", b'{"key": 5}', b'{"key": "a", "x": 1}', b"{", b""])
def test_a_definition_of_nonsense_ends_the_journal(tmp_path: Path, text: bytes) -> None:
    head = struct.pack("<qqdI", len(text), zlib.crc32(text), 0.0, DEFINITION)
    definition = head + zlib.crc32(head).to_bytes(4, "little") + text.ljust(32, b"\0")
    page = read_journal(journal_of(tmp_path, definition, slot(1, 0)))
    assert not page.definitions
    assert page.torn


def test_a_definition_of_a_changed_name_ends_the_journal(tmp_path: Path) -> None:
    definition = encode_definition(0, Series("loss"))
    page = read_journal(journal_of(tmp_path, definition.replace(b"loss", b"boss"), slot(1, 0)))
    assert not page.definitions
    assert page.torn


@pytest.mark.parametrize("length", [-1, 65_537, 2**62])
def test_a_definition_of_impossible_length_ends_the_journal(tmp_path: Path, length: int) -> None:
    head = struct.pack("<qqdI", length, 0, 0.0, DEFINITION)
    page = read_journal(journal_of(tmp_path, head + zlib.crc32(head).to_bytes(4, "little")))
    assert page.torn


def test_a_definition_across_two_chunks_is_read(tmp_path: Path) -> None:
    known = encode_definition(0, Series("known"))
    wide = encode_definition(1, Series("w" * 60_000))
    fill = (1 << 20) - len(known) - len(wide) // 2 // 32 * 32
    path = journal_of(tmp_path, known, slot(1, 0) * (fill // 32), wide, slot(2, 1) * 40_000)
    page = read_journal(path)
    assert not page.torn
    assert len(page.points[Series("w" * 60_000)]) == 40_000


def test_an_endless_empty_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = closed_journal(tmp_path, 5)
    with path.open("r+b") as file:
        file.truncate(1 << 36)
    page = read_journal(path)
    assert len(page) == 5
    assert not page.torn


def test_a_slot_is_as_the_documentation_says(tmp_path: Path) -> None:
    writer = create_journal(tmp_path, "run")
    writer.log("loss", 0.5, 1_700_000_000_000, -3)
    writer.close()
    data = writer.path.read_bytes()[-SLOT.size :]
    assert data[:28] == struct.pack("<qqdI", -3, 1_700_000_000_000, 0.5, 0)
    assert data[28:] == zlib.crc32(data[:28]).to_bytes(4, "little")
