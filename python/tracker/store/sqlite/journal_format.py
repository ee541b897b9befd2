"""The bytes of a journal: the points that one process logs to one run, in the order logged.

    header      magic, version, length and checksum of the JSON, the JSON, zeros up to a whole slot
    slot        step, timestamp in ms, value, series number, CRC-32 of the 28 bytes before it
    definition  a slot whose series number has its high bit set: length and CRC-32 of the JSON that
                fills the slots after it, {"key": ...}; comes before the first point of its series

Everything is little-endian and in slots of 32 bytes. The file may end in zeros: space that is
reserved and not yet written. No slot of a point or a definition is all zero, since the CRC-32 of 28
zeros is not zero; the JSON is ASCII, so its slots never look like a definition.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from tracker.errors import InvalidValue, StoreError, StoreTooNew
from tracker.store.sqlite.process import ProcessIdentity

SLOT_SIZE = 32
DEFINITION = 0x8000_0000
"""Bit of the series number that marks a definition."""
MAX_TEXT = 65_536
"""Largest JSON of a header or a definition, in bytes."""

_MAGIC = b"trkjrnl\n"
_VERSION = 1
_PREFIX = struct.Struct("<8sIII")
POINT = struct.Struct("<qqdI")
"""What the checksum of a slot covers."""
SLOT = struct.Struct("<qqdII")


class JournalClosed(StoreError):
    """The writer was closed, or belongs to the process this one was forked from."""


class Series(NamedTuple):
    """What a point belongs to: the metric and, where given, the data set and the model."""

    key: str
    dataset_name: str | None = None
    dataset_digest: str | None = None
    model_id: str | None = None


@dataclass(frozen=True, slots=True)
class JournalHeader:
    """Whose journal it is. `size` is where the slots begin, in bytes."""

    run_id: str
    journal_id: str
    process: ProcessIdentity
    size: int


def encode_header(run_id: str, journal_id: str, process: ProcessIdentity) -> bytes:
    """Return the header, a whole number of slots long. Raises InvalidValue."""
    facts = {"run_id": run_id, "journal_id": journal_id, "process": asdict(process)}
    text = _encode_json(facts)
    return _pad(_PREFIX.pack(_MAGIC, _VERSION, len(text), zlib.crc32(text)) + text)


def decode_header(data: bytes, path: Path) -> JournalHeader:
    """Return the header that `data` begins with. Raises StoreError, StoreTooNew."""
    if len(data) < _PREFIX.size:
        raise _unreadable(path, "it is too short")
    magic, version, length, checksum = _PREFIX.unpack_from(data)
    if magic != _MAGIC:
        raise _unreadable(path, "it is no journal")
    if version > _VERSION:
        raise StoreTooNew(
            f"{path} was written by a later version of tracker (journal format {version}, this "
            f"one knows {_VERSION}). Upgrade tracker to read it; the file is left as it is."
        )
    text = data[_PREFIX.size : _PREFIX.size + min(length, MAX_TEXT)]
    if version < 1 or len(text) != length or zlib.crc32(text) != checksum:
        raise _unreadable(path, "its header is damaged")
    return _header_from(text, path)


def _header_from(text: bytes, path: Path) -> JournalHeader:
    size = len(_pad(b"\0" * (_PREFIX.size + len(text))))
    try:
        facts = json.loads(text)
        owner = facts["process"]
        process = ProcessIdentity(
            str(owner["host"]), str(owner["boot_id"]), int(owner["pid"]), int(owner["started"])
        )
        return JournalHeader(str(facts["run_id"]), str(facts["journal_id"]), process, size)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise _unreadable(path, "its header is damaged") from error


def encode_definition(number: int, series: Series) -> bytes:
    """Return the slots that give a series its number. Raises InvalidValue."""
    if not _is_sound(series):
        raise InvalidValue(f"The names of a metric must be text: {series!r}")
    text = _encode_json({k: v for k, v in series._asdict().items() if v is not None})
    head = POINT.pack(len(text), zlib.crc32(text), 0.0, DEFINITION | number)
    return _pad(head + zlib.crc32(head).to_bytes(4, "little") + text)


def definition_size(length: int) -> int:
    """Return how many bytes a definition takes whose JSON is `length` bytes long."""
    return SLOT_SIZE + (length + SLOT_SIZE - 1) // SLOT_SIZE * SLOT_SIZE


def decode_definition(data: bytes, at: int) -> tuple[int, Series, int] | None:
    """Return number, series and the end of the definition at `at`; None if it is not whole."""
    length, text_checksum, _, number, checksum = SLOT.unpack_from(data, at)
    if zlib.crc32(data[at : at + POINT.size]) != checksum or not 0 <= length <= MAX_TEXT:
        return None
    text = data[at + SLOT_SIZE : at + SLOT_SIZE + length]
    end = at + definition_size(length)
    if end > len(data) or zlib.crc32(text) != text_checksum:
        return None
    try:
        series = Series(**json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return None
    if not _is_sound(series):
        return None
    return number & ~DEFINITION, series, end


def _is_sound(series: Series) -> bool:
    rest_is_text = all(part is None or isinstance(part, str) for part in series)
    return isinstance(series.key, str) and rest_is_text


def _encode_json(facts: object) -> bytes:
    text = json.dumps(facts, ensure_ascii=True).encode("ascii")
    if len(text) > MAX_TEXT:
        raise InvalidValue(
            f"Names of {len(text)} bytes were given where {MAX_TEXT} are the most: {text[:60]!r}..."
        )
    return text


def _pad(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % SLOT_SIZE)


def _unreadable(path: Path, why: str) -> StoreError:
    return StoreError(
        f"Cannot read the journal {path}: {why}. Its points are not shown; move the file away to "
        "go on without them."
    )
