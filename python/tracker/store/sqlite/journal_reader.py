"""Read the points of a journal, also while another process writes it.

What is whole is returned, what comes after the first damage is not, and the page says so. A page is
always a prefix of what was logged, from its offset on.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tracker.errors import InvalidValue, StoreError
from tracker.store.sqlite.arrays import numpy_pays
from tracker.store.sqlite.journal_format import (
    MAX_TEXT,
    POINT,
    SLOT,
    SLOT_SIZE,
    JournalHeader,
    Series,
    decode_definition,
    decode_header,
    definition_size,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

CHUNK = 1024 * 1024
"""Bytes read and checked at once; no definition is longer."""
assert definition_size(MAX_TEXT) <= CHUNK

_BLOCK = 64
"""Slots whose checksums are checked as one."""
_CRC_OF_ZEROS = zlib.crc32(bytes(POINT.size))
_HIGH_BIT = b"\x00" * 128 + b"\x01" * 128
"""Translates the top byte of a series number into whether the slot is a definition."""


@dataclass(frozen=True, slots=True)
class SeriesPoints:
    """Points of one series in the order logged, as columns of equal length.

    `steps` and `timestamps` (ms) are int64, `values` float64; NumPy takes them without a copy.
    """

    steps: array[int] = field(default_factory=lambda: array("q"))
    timestamps: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class JournalPage:
    """What a journal holds from an offset on.

    `points` has every series with a point in this page. `definitions` are all series known up to
    `next_offset`, by number: give both to the next `read_journal`. `torn` says that there is more
    in the file that cannot be read: a point half written, by a dead process or right now by a live
    one, or damage.
    """

    header: JournalHeader
    points: Mapping[Series, SeriesPoints]
    definitions: Mapping[int, Series]
    next_offset: int
    torn: bool

    def __len__(self) -> int:
        return sum(map(len, self.points.values()))


def read_header(path: Path) -> JournalHeader:
    """Return whose journal it is. Raises StoreError, StoreTooNew, FileNotFoundError."""
    with _opened(path) as file:
        return _read_header(file, path)


def read_journal(
    path: Path, offset: int = 0, definitions: Mapping[int, Series] | None = None
) -> JournalPage:
    """Return the points from `offset` on: 0, or the `next_offset` of an earlier page.

    Without that page's `definitions` they are read again. Raises StoreError and StoreTooNew where
    the file or its header cannot be read, FileNotFoundError where it is gone, InvalidValue for an
    offset that no page ends at; never for what comes after the header.
    """
    with _opened(path) as file:
        header = _read_header(file, path)
        start = max(offset, header.size)
        if start % SLOT_SIZE:
            raise InvalidValue(f"No page of the journal {path} ends at offset {offset}.")
        if definitions is None:
            definitions = _definitions_before(file, header.size, start)
        scan = _Scan(dict(definitions))
        end, torn = _scan_file(file, start, scan)
    points = {series: columns for series, columns in scan.points.items() if len(columns)}
    return JournalPage(header, points, scan.definitions, end, torn)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb", buffering=0) as file:
            yield file
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError(f"Cannot read the journal {path}: {error.strerror}.") from error


def _read_header(file: BinaryIO, path: Path) -> JournalHeader:
    return decode_header(file.read(2 * SLOT_SIZE + MAX_TEXT), path)


def _definitions_before(file: BinaryIO, begin: int, end: int) -> Mapping[int, Series]:
    if end <= begin:
        return {}
    scan = _Scan({})
    _scan_file(file, begin, scan, end)
    return scan.definitions


def _scan_file(
    file: BinaryIO, offset: int, scan: _Scan, end: int | None = None
) -> tuple[int, bool]:
    """Feed the file from `offset` on to the scan; return where it ended, and whether torn."""
    while True:
        file.seek(offset)  # a definition cut by the end of a chunk is read again as a whole
        wanted = CHUNK if end is None else min(CHUNK, end - offset)
        chunk = file.read(wanted)
        used = scan.feed(chunk)
        offset += used
        if used == 0 or len(chunk) < wanted or offset == end:
            rest = chunk[used:]
            return offset, rest.count(0) != len(rest)


class _Scan:
    """Sorts slots into columns, chunk by chunk, until the first that is not whole."""

    def __init__(self, definitions: dict[int, Series]) -> None:
        self.definitions = definitions
        self.points: dict[Series, SeriesPoints] = {}
        self._by_number: dict[int, SeriesPoints] = {}

    def feed(self, chunk: bytes) -> int:
        """Take what is whole at the beginning of `chunk` and return its length in bytes."""
        slots = len(chunk) // SLOT_SIZE
        marks = chunk[POINT.size - 1 : slots * SLOT_SIZE : SLOT_SIZE].translate(_HIGH_BIT)
        at = 0
        while at < slots:
            mark = marks.find(1, at)
            stop = slots if mark < 0 else mark
            at = self._take_points(chunk, at, stop)
            if at < stop or stop == slots:
                break
            definition = decode_definition(chunk, at * SLOT_SIZE)
            if definition is None:
                break
            number, series, end = definition
            self.definitions[number] = series
            self._by_number.pop(number, None)
            at = end // SLOT_SIZE
        return at * SLOT_SIZE

    def _take_points(self, chunk: bytes, start: int, stop: int) -> int:
        """Take the points in the slots from `start` on; return the first that is not whole."""
        if numpy_pays(stop - start):
            return self._take_many(chunk, start, stop)
        slots = memoryview(chunk)[start * SLOT_SIZE : stop * SLOT_SIZE]
        for i, (step, timestamp, value, number, checksum) in enumerate(SLOT.iter_unpack(slots)):
            at = i * SLOT_SIZE
            columns = self._columns(number)
            if columns is None or zlib.crc32(slots[at : at + POINT.size]) != checksum:
                return start + i
            columns.steps.append(step)
            columns.timestamps.append(timestamp)
            columns.values.append(value)
        return stop

    def _take_many(self, chunk: bytes, start: int, stop: int) -> int:
        import numpy as np

        slots = memoryview(chunk)[start * SLOT_SIZE : stop * SLOT_SIZE]
        whole = _count_sound(slots)
        points = np.frombuffer(slots, _slot_type(), whole)
        order, starts = _group(points["series"])
        firsts = order[starts].tolist()
        columns = [self._columns(number) for number in points["series"][firsts].tolist()]
        unknown = [first for first, known in zip(firsts, columns, strict=True) if known is None]
        if unknown:
            return self._take_points(chunk, start, start + min(unknown))
        if len(starts) > 1:
            points = points[order]
        steps = _as_bytes(points["step"], np.int64)
        timestamps = _as_bytes(points["timestamp"], np.int64)
        values = _as_bytes(points["value"], np.float64)
        bounds = pairwise([*(8 * starts).tolist(), 8 * whole])
        for into, (begin, end) in zip(columns, bounds, strict=True):
            assert into is not None
            into.steps.frombytes(steps[begin:end])
            into.timestamps.frombytes(timestamps[begin:end])
            into.values.frombytes(values[begin:end])
        return start + whole

    def _columns(self, number: int) -> SeriesPoints | None:
        columns = self._by_number.get(number)
        if columns is None and number in self.definitions:
            columns = self.points.setdefault(self.definitions[number], SeriesPoints())
            self._by_number[number] = columns
        return columns


def _count_sound(slots: memoryview) -> int:
    """Return how many slots at the beginning have the right checksum.

    CRC-32 is linear: the checksums of the slots of a block, XORed, are the checksum of their
    contents, XORed, but for a constant. So one checksum a block is computed, and only a block that
    fails, or that holds a checksum of zero (as empty slots do, which could cancel out in pairs), is
    gone through slot by slot.
    """
    import numpy as np

    total = len(slots) // SLOT_SIZE
    blocks = total // _BLOCK
    words = np.frombuffer(slots, "<u8", blocks * _BLOCK * 4).reshape(blocks, _BLOCK, 4)
    has_zero = (words[:, :, 3] >> 32 == 0).any(axis=1).tolist()
    half = _BLOCK // 2
    while half:
        words = words[:, :half] ^ words[:, half : 2 * half]
        half //= 2
    folded = words.tobytes()
    for block in range(blocks):
        at = block * SLOT_SIZE
        checksum = zlib.crc32(folded[at : at + POINT.size]) ^ _CRC_OF_ZEROS
        expected = int.from_bytes(folded[at + POINT.size : at + SLOT_SIZE], "little")
        if checksum != expected or has_zero[block]:
            sound = _first_unsound(slots, block * _BLOCK, (block + 1) * _BLOCK)
            if sound < (block + 1) * _BLOCK:
                return sound
    return _first_unsound(slots, blocks * _BLOCK, total)


def _first_unsound(slots: memoryview, start: int, stop: int) -> int:
    for i in range(start, stop):
        end = i * SLOT_SIZE + POINT.size
        if zlib.crc32(slots[i * SLOT_SIZE : end]) != struct.unpack_from("<I", slots, end)[0]:
            return i
    return stop


def _group(
    numbers: npt.NDArray[np.uint32],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the order that brings equal numbers together, and where in it each begins."""
    import numpy as np

    if not len(numbers):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    largest = int(numbers.max())
    if largest == int(numbers.min()):
        return np.arange(len(numbers)), np.zeros(1, np.intp)
    narrow = numbers.astype(np.uint16) if largest < 65_536 else numbers  # sorts by radix
    order = np.argsort(narrow, kind="stable")
    return order, np.flatnonzero(np.diff(narrow[order], prepend=narrow[order[:1]] + 1))


def _slot_type() -> np.dtype[np.void]:
    import numpy as np

    names = ["step", "timestamp", "value", "series", "checksum"]
    return np.dtype({"names": names, "formats": ["<i8", "<i8", "<f8", "<u4", "<u4"]})


def _as_bytes(column: npt.NDArray[np.generic], kind: type[np.generic]) -> memoryview:
    import numpy as np

    return np.ascontiguousarray(column, dtype=kind).view(np.uint8).data
