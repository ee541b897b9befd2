"""Pack the points of a series into compressed columns and back, bit for bit.

A column says by its first byte how it is encoded:

    0  raw      the numbers, 8 bytes each
    1  linear   start and stride: integers that grow evenly, as steps mostly do
    2  planes   the numbers split into their first, second ... eighth bytes, each plane compressed
                by itself or left as it is; a plane of exponents compresses, one of noise does not
    3  deltas   the start, and planes of the differences in as few bytes as hold them

All numbers are little-endian, integers wrap at 64 bits. Only integers may be linear: the length of
a column of values thus bounds its count, as zlib makes of a byte 1032 at the most.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from tracker.errors import StoreError
from tracker.store.sqlite.arrays import numpy_pays

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tracker.store.sqlite.arrays import Floats, Integers

SEGMENT_POINTS = 1 << 20
"""Points that `pack_segments` puts into one segment at most."""

_RAW, _LINEAR, _PLANES, _DELTAS = range(4)
_WORD = 8
_ZLIB_RATIO = 1032
_SMALL = 32
"""Numbers up to which compressing is not tried."""
_SAMPLE = 4096
_LEVEL = 3
_INTEGER = struct.Struct("<q")
_DAMAGED = "The packed points of a metric are damaged: "


@dataclass(frozen=True, slots=True)
class PackedColumns:
    """`count` points as three encoded columns, made by `pack`."""

    count: int
    steps: bytes
    timestamps: bytes
    values: bytes

    def __len__(self) -> int:
        return self.count


class Columns(NamedTuple):
    """Points as arrays of shape (n,): int64 steps, int64 timestamps in ms, float64 values."""

    steps: npt.NDArray[np.int64]
    timestamps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]


def pack(steps: Integers, timestamps: Integers, values: Floats) -> PackedColumns:
    """Return the points packed. The columns have equal length and 8 bytes a number."""
    if not len(steps) == len(timestamps) == len(values):
        raise ValueError(f"columns of {len(steps)}, {len(timestamps)} and {len(values)} numbers")
    return PackedColumns(
        count=len(values),
        steps=_pack_integers(_little_endian(steps)),
        timestamps=_pack_integers(_little_endian(timestamps)),
        values=_pack_values(_little_endian(values)),
    )


def pack_segments(
    steps: Integers, timestamps: Integers, values: Floats
) -> Iterator[tuple[slice, PackedColumns]]:
    """Yield the points packed in segments of `SEGMENT_POINTS` at most, with where they stood."""
    for start in range(0, len(values), SEGMENT_POINTS):
        part = slice(start, min(start + SEGMENT_POINTS, len(values)))
        yield part, pack(steps[part], timestamps[part], values[part])


def unpack(packed: PackedColumns) -> Columns:
    """Return the points. Raises StoreError where the columns are damaged."""
    import numpy as np

    count = packed.count
    try:
        if not 0 <= count * _WORD <= len(packed.values) * _ZLIB_RATIO:
            raise ValueError(f"{count} points cannot be in {len(packed.values)} bytes")
        return Columns(
            _unpack_integers(packed.steps, count),
            _unpack_integers(packed.timestamps, count),
            _unpack_values(packed.values, count).view("<f8").astype(np.float64, copy=False),
        )
    except (zlib.error, struct.error, ValueError, IndexError, TypeError) as error:
        raise StoreError(_DAMAGED + f"{error}.") from error


def _little_endian(column: Integers | Floats) -> bytes:
    if sys.byteorder == "little":
        return column.tobytes()
    swapped = array("q", column.tobytes())
    swapped.byteswap()
    return swapped.tobytes()


# -- integers ---------------------------------------------------------------------------------


def _pack_integers(data: bytes) -> bytes:
    count = len(data) // _WORD
    if count == 0:
        return bytes([_RAW])
    start = data[:_WORD]
    least, most, deltas = (_deltas_of_many if numpy_pays(count) else _deltas_of_few)(data)
    if least == most:
        return bytes([_LINEAR]) + start + _INTEGER.pack(least)
    width = next(w for w in (1, 2, 4, 8) if -(1 << 8 * w - 1) <= least and most < 1 << 8 * w - 1)
    encoded = bytes([_DELTAS]) + start + bytes([width]) + _pack_planes(deltas(width), width)
    return encoded if len(encoded) <= len(data) else bytes([_RAW]) + data


def _deltas_of_few(data: bytes) -> tuple[int, int, Callable[[int], bytes]]:
    """Return the least and the greatest difference, and what makes bytes of them by width."""
    numbers = [number for (number,) in _INTEGER.iter_unpack(data)]
    deltas = [_wrap(b - a) for a, b in pairwise(numbers)] or [0]
    return (
        min(deltas),
        max(deltas),
        lambda width: b"".join([d.to_bytes(width, "little", signed=True) for d in deltas]),
    )


def _deltas_of_many(data: bytes) -> tuple[int, int, Callable[[int], bytes]]:
    import numpy as np

    deltas = np.diff(np.frombuffer(data, "<i8"))
    return (
        int(deltas.min()),
        int(deltas.max()),
        lambda width: deltas.astype(f"<i{width}").tobytes(),
    )


def _wrap(number: int) -> int:
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def _unpack_integers(data: bytes, count: int) -> npt.NDArray[np.int64]:
    import numpy as np

    encoding = data[0]
    if encoding == _RAW:
        return _read_raw(data, count).view("<i8").astype(np.int64, copy=False)
    if encoding == _LINEAR:
        start, stride = struct.unpack("<qq", data[1:])
        return np.arange(count, dtype=np.int64) * np.int64(stride) + np.int64(start)
    if encoding == _DELTAS:
        width = data[1 + _WORD]
        if width not in (1, 2, 4, 8) or count == 0:
            raise ValueError(f"differences of {width} bytes are unknown")
        deltas = _read_planes(data[2 + _WORD :], count - 1, width).view(f"<i{width}")
        numbers = np.empty(count, np.int64)
        numbers[0] = _INTEGER.unpack(data[1 : 1 + _WORD])[0]
        numbers[1:] = deltas
        return np.cumsum(numbers, out=numbers)
    raise ValueError(f"the encoding {encoding} of integers is unknown")


# -- values -----------------------------------------------------------------------------------


def _pack_values(data: bytes) -> bytes:
    if len(data) > _SMALL * _WORD:
        planes = _pack_planes(data, _WORD)
        if len(planes) < len(data):
            return bytes([_PLANES]) + planes
    return bytes([_RAW]) + data


def _unpack_values(data: bytes, count: int) -> npt.NDArray[np.uint8]:
    if data[0] == _RAW:
        return _read_raw(data, count)
    if data[0] == _PLANES:
        return _read_planes(data[1:], count, _WORD)
    raise ValueError(f"the encoding {data[0]} of values is unknown")


# -- bytes ------------------------------------------------------------------------------------


def _read_raw(data: bytes, count: int) -> npt.NDArray[np.uint8]:
    import numpy as np

    if len(data) != 1 + count * _WORD:
        raise ValueError(f"{len(data)} bytes are not {count} numbers")
    return np.frombuffer(data, np.uint8, offset=1).copy()


def _pack_planes(data: bytes, width: int) -> bytes:
    """Return the lengths of the planes, then the planes; a compressed one is shorter than raw."""
    planes = [_squeeze(data[i::width]) for i in range(width)]
    return struct.pack(f"<{width}I", *map(len, planes)) + b"".join(planes)


def _squeeze(plane: bytes) -> bytes:
    """Return the plane compressed, or as it is where that is not shorter."""
    if len(plane) > 4 * _SAMPLE:
        middle = len(plane) // 2
        sample = plane[:_SAMPLE] + plane[middle : middle + _SAMPLE] + plane[-_SAMPLE:]
        if len(zlib.compress(sample, 1)) > 0.98 * len(sample):
            return plane
    if len(plane) > _SMALL:
        squeezed = zlib.compress(plane, _LEVEL)
        if len(squeezed) < len(plane):
            return squeezed
    return plane


def _read_planes(data: bytes, count: int, width: int) -> npt.NDArray[np.uint8]:
    import numpy as np

    lengths = struct.unpack_from(f"<{width}I", data)
    if 4 * width + sum(lengths) != len(data):
        raise ValueError("the planes have another length than they say")
    numbers = np.empty((count, width), np.uint8)
    at = 4 * width
    for i, length in enumerate(lengths):
        plane = data[at : at + length]
        numbers[:, i] = np.frombuffer(_expand(plane, count), np.uint8)
        at += length
    return numbers.reshape(-1)


def _expand(plane: bytes, count: int) -> bytes:
    if len(plane) >= count:
        if len(plane) > count:
            raise ValueError("a plane is longer than its numbers")
        return plane
    inflater = zlib.decompressobj()
    expanded = inflater.decompress(plane, count)
    # With the output full, the end of the stream may still be waiting behind it.
    excess = inflater.decompress(inflater.unconsumed_tail, 1) or inflater.unused_data
    if len(expanded) != count or excess or not inflater.eof:
        raise ValueError(f"a plane does not hold {count} bytes")
    return expanded
