"""Records of a `.wandb` file, W&B's own log of a run, read without the package wandb.

The file is framed as LevelDB's logs are: after a header of 7 bytes (":W&B", 0xBEE1, version 0)
blocks of 32,768 bytes, counted with the header, in which each piece of a record has its CRC-32 (4
bytes), length (2), and kind (1: full, 2: first, 3: middle, 4: last); less than 7 bytes at a block's
end are padding. A record is a protobuf message `Record` of wandb_internal.proto, of which the few
fields needed are read by their numbers. Nothing in the file is trusted.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from tracker.errors import StoreError

LONGEST = 64 * 1024 * 1024
"""Bytes of a record that is read."""

_HEADER = b":W&B\xe1\xbe\x00"
_BLOCK = 32_768
_PIECE = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class Damaged(StoreError):
    """From here on the file or the record is not what it should be."""


Fields = dict[int, list[bytes | int]]
"""What a protobuf message holds, by the number of the field: bytes, and integers as 64 bits."""


def read_records(file: BinaryIO) -> Iterator[Fields]:
    """Yield the records in a file. Raises Damaged where it is cut off or changed."""
    if file.read(len(_HEADER)) != _HEADER:
        raise Damaged("it does not begin as a log of W&B's does")
    pending: list[bytes] | None = None
    for kind, data in _pieces(file):
        if kind in (_FULL, _FIRST) and pending is not None:
            raise Damaged("a record in it has no end")
        if kind in (_MIDDLE, _LAST) and pending is None:
            raise Damaged("a record in it has no beginning")
        pending = [*(pending or ()), data] if kind in (_FULL, _FIRST) else pending
        if kind in (_MIDDLE, _LAST) and pending is not None:
            pending.append(data)
        if pending is not None and sum(map(len, pending)) > LONGEST:
            raise Damaged(f"a record in it has more than {LONGEST} bytes")
        if kind in (_FULL, _LAST) and pending is not None:
            yield message(b"".join(pending))
            pending = None
    if pending is not None:
        raise Damaged("it was cut off in the middle of a record")


def _pieces(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    at = len(_HEADER)
    while True:
        room = _BLOCK - at % _BLOCK
        if room < _PIECE.size:
            at += len(file.read(room))
        head = file.read(_PIECE.size)
        if not head:
            return
        if len(head) < _PIECE.size:
            raise Damaged("it was cut off in the middle of a record")
        checksum, length, kind = _PIECE.unpack(head)
        data = file.read(length)
        if len(data) < length:
            raise Damaged("it was cut off in the middle of a record")
        if zlib.crc32(data, zlib.crc32(bytes([kind]))) != checksum or not _FULL <= kind <= _LAST:
            raise Damaged("a checksum in it does not fit: it was changed or damaged")
        at += _PIECE.size + length
        yield kind, data


def message(data: bytes) -> Fields:
    """Return the fields of a protobuf message. Raises Damaged."""
    found: Fields = {}
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        value: bytes | int
        if wire == _VARINT:
            value, at = _varint(data, at)
        elif wire in (_FIXED64, _FIXED32, _BYTES):
            size = {_FIXED64: 8, _FIXED32: 4}.get(wire, 0)
            if wire == _BYTES:
                size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
            if len(value) < size:
                raise Damaged("a field of a record is longer than the record")
        else:
            raise Damaged(f"a field of a record has the unknown kind {wire}")
        found.setdefault(number, []).append(value)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
    raise Damaged("a number in a record has no end")


def texts(fields: Fields, number: int) -> list[str]:
    """Return the texts in a field."""
    return [it.decode(errors="replace") for it in fields.get(number, ()) if isinstance(it, bytes)]


def text(fields: Fields, number: int) -> str:
    """Return the last text in a field, "" where there is none."""
    return (texts(fields, number) or [""])[-1]


def messages(fields: Fields, number: int) -> list[Fields]:
    """Return the messages in a field. Raises Damaged."""
    return [message(it) for it in fields.get(number, ()) if isinstance(it, bytes)]


def integer(fields: Fields, number: int) -> int | None:
    """Return the last integer in a field, as a signed number of 64 bits."""
    found = [it for it in fields.get(number, ()) if isinstance(it, int)]
    if not found:
        return None
    return found[-1] - (1 << 64) if found[-1] >= 1 << 63 else found[-1]


def zigzag(fields: Fields, number: int) -> int | None:
    """Return the last integer in a field that is encoded so that small negatives are short."""
    found = [it for it in fields.get(number, ()) if isinstance(it, int)]
    return (found[-1] >> 1) ^ -(found[-1] & 1) if found else None


def double(fields: Fields, number: int) -> float | None:
    """Return the last number in a field of 8 bytes."""
    found = [it for it in fields.get(number, ()) if isinstance(it, bytes) and len(it) == 8]
    return float(struct.unpack("<d", found[-1])[0]) if found else None
