"""Append points to a journal, in well under a microsecond, such that SIGKILL takes none of them.

What a call has written is in the kernel's page cache when it returns, by a shared mapping or by
`os.write`, so that it outlives the process. Points appear strictly in order and without holes, so
that a reader may stop at the first slot that is not whole.
"""

from __future__ import annotations

import errno
import mmap
import os
import struct
import threading
import weakref
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

from tracker.entities import Metric
from tracker.errors import InvalidValue
from tracker.store.sqlite.filesystem import maps_reliably
from tracker.store.sqlite.journal_format import (
    POINT,
    SLOT,
    SLOT_SIZE,
    JournalClosed,
    JournalHeader,
    Series,
    encode_definition,
    encode_header,
)
from tracker.store.sqlite.process import this_process

SUFFIX = ".journal"
FIRST_CHUNK = 64 * 1024
LARGEST_CHUNK = 1024 * 1024
"""Bytes by which a mapped journal grows: from the first, doubling, to the largest."""

_CLOSED = -1
_NOT_A_POINT = (struct.error, OverflowError, TypeError)
_pack_point = POINT.pack
_pack_slot = SLOT.pack
_pack_slot_into = SLOT.pack_into
_crc32 = zlib.crc32
_write = os.write
_writers: weakref.WeakSet[JournalWriter] = weakref.WeakSet()


def create_journal(folder: Path, run_id: str, mapped: bool | None = None) -> JournalWriter:
    """Return a writer of a new journal of this process for the run, in `folder`.

    `mapped` chooses between a shared mapping and one `os.write` a point; None takes the mapping
    where the filesystem is known to keep it coherent. The file has its name only once its header is
    whole. Raises OSError (no space, no permission, no folder), InvalidValue.
    """
    if not run_id.isascii() or not run_id.replace("-", "").replace("_", "").isalnum():
        raise InvalidValue(f"The run id {run_id!r} cannot be part of a file's name.")
    journal_id = os.urandom(8).hex()
    header = encode_header(run_id, journal_id, this_process())
    facts = JournalHeader(run_id, journal_id, this_process(), len(header))
    path = folder / f"{run_id}.{journal_id}{SUFFIX}"
    _create_file(path, header)
    if mapped or (mapped is None and maps_reliably(folder)):
        try:
            return MappedWriter(path, facts)
        except OSError as error:
            if mapped or error.errno == errno.ENOSPC:
                path.unlink(missing_ok=True)
                raise
            os.truncate(path, len(header))  # what is appended must follow the header
    return AppendWriter(path, facts)


def list_journals(folder: Path, run_id: str | None = None) -> list[Path]:
    """Return the journals in `folder`, of one run or of all, in the order of their names."""
    start = "" if run_id is None else run_id + "."
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.name.endswith(SUFFIX)]
    except FileNotFoundError:
        return []
    return [folder / name for name in sorted(names) if name.startswith(start)]


def _create_file(path: Path, header: bytes) -> None:
    draft = path.with_suffix(".draft")
    fd = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    try:
        written = _write(fd, header)
    finally:
        os.close(fd)
    if written != len(header):
        draft.unlink()
        raise _no_space(path)
    draft.replace(path)


def _no_space(path: Path) -> OSError:
    return OSError(errno.ENOSPC, "No space left for the points of the run", str(path))


class JournalWriter(ABC):
    """Appends points to one journal; any thread may, also from a signal handler.

    In a forked child every writer is closed: a process writes to journals of its own only.
    """

    __slots__ = ("__weakref__", "_fd", "_lock", "_new_number", "_numbers", "header", "path")

    def __init__(self, path: Path, header: JournalHeader) -> None:
        self.path = path
        self.header = header
        self._lock = threading.RLock()
        self._numbers: dict[str | Series, int] = {}
        self._new_number = count()
        flags = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._fd = os.open(path, flags)
        _writers.add(self)

    @property
    def journal_id(self) -> str:
        """The journal's id, unique in the store."""
        return self.header.journal_id

    @property
    def closed(self) -> bool:
        """Whether nothing can be logged here any more."""
        return self._fd == _CLOSED

    @property
    @abstractmethod
    def end(self) -> int:
        """How many bytes of the file are in use."""

    @abstractmethod
    def log(self, key: str | Series, value: float, timestamp: int, step: int) -> None:
        """Append one point; it survives the process once this returns.

        Raises InvalidValue (not a number, beyond 64 bits), JournalClosed, OSError (no space).
        """

    @abstractmethod
    def _append(self, data: bytes) -> None:
        """Append whole slots: all, or none and an OSError."""

    @abstractmethod
    def _let_go(self) -> None:
        """Give back what is held besides the descriptor and let the next append fail."""

    def extend(self, metrics: Iterable[Metric]) -> None:
        """Append points in the order given: all, or none and an error as of `log`."""
        points = list(metrics)
        with self._lock:
            new: dict[str | Series, int] = {}
            slots: list[bytes] = []
            for point in points:
                series = _series_of(point)
                number = self._numbers.get(series, new.get(series, -1))
                if number < 0:
                    number = new[series] = next(self._new_number)
                    slots.append(_define(number, series))
                slots.append(_encode_point(point.value, point.timestamp, point.step, number))
            if slots:
                self._append(b"".join(slots))
            self._numbers.update(new)

    def close(self) -> None:
        """Cut the file to what is used and let go of it. Closing again does nothing."""
        with self._lock:
            if self.closed:
                return
            fd, end = self._fd, self.end
            self._fd = _CLOSED
            self._let_go()
            try:
                os.ftruncate(fd, end)
            finally:
                os.close(fd)

    def _number(self, key: str | Series) -> int:
        """Return the number of a series that has none yet. The caller holds the lock."""
        number = next(self._new_number)
        self._append(_define(number, key))
        self._numbers[key] = number
        return number

    def _abandon(self) -> None:
        """Leave the journal to the process this one was forked from."""
        fd = self._fd
        self._lock = threading.RLock()
        self._fd = _CLOSED
        self._let_go()
        if fd != _CLOSED:
            os.close(fd)

    def _refuse(self) -> JournalClosed:
        return JournalClosed(
            f"The journal {self.path} is closed in this process; the point was not stored."
        )


class MappedWriter(JournalWriter):
    """Stores each point into a shared mapping of the end of the file.

    The file is allocated ahead of the mapping, for a store into a page that the disk has no room
    for would end the process with SIGBUS.
    """

    __slots__ = ("_at", "_base", "_chunk", "_room", "_window")

    def __init__(self, path: Path, header: JournalHeader) -> None:
        super().__init__(path, header)
        self._base = 0
        self._at = header.size
        self._room = 0
        self._chunk = FIRST_CHUNK
        try:
            self._window = self._reserve(0)
            self._check_coherence()
        except BaseException:
            self._abandon()
            raise

    @property
    def end(self) -> int:
        """How many bytes of the file are in use."""
        return self._base + self._at

    def log(self, key: str | Series, value: float, timestamp: int, step: int) -> None:
        """Append one point; see `JournalWriter.log`."""
        try:
            with self._lock:
                number = self._numbers.get(key)
                if number is None:
                    number = self._number(key)
                checksum = _crc32(_pack_point(step, timestamp, value, number))
                while self._at >= self._room:
                    self._reserve(SLOT_SIZE)
                # Python looks for signals after calls only. Nothing is called between these two
                # lines, so neither an interrupt nor a handler that logs can leave a hole.
                at = self._at
                self._at = at + SLOT_SIZE
                _pack_slot_into(self._window, at, step, timestamp, value, number, checksum)
        except _NOT_A_POINT as error:
            raise _invalid(key, value, timestamp, step) from error

    def _append(self, data: bytes) -> None:
        size = len(data)
        while self._at + size > self._room:
            self._reserve(size)
        at = self._at
        end = self._at = at + size
        self._window[at:end] = data

    def _reserve(self, needed: int) -> mmap.mmap:
        """Map a window that has room for `needed` bytes after the end."""
        while True:
            if self._fd == _CLOSED:
                raise self._refuse()
            start = self._base + self._at
            base = start - start % mmap.ALLOCATIONGRANULARITY
            size = max(self._chunk, start + needed - base)
            size += -size % FIRST_CHUNK
            try:
                _allocate(self._fd, base + size, self.path)
            except OSError:
                if self._chunk == FIRST_CHUNK:
                    raise
                self._chunk = FIRST_CHUNK  # there may be room for less
                continue
            window = mmap.mmap(self._fd, size, offset=base)
            # A signal handler may have logged meanwhile.
            at = self._base + self._at - base
            if at >= 0 and at + needed <= size:
                self._window, self._base, self._at, self._room = window, base, at, size
                self._chunk = min(2 * self._chunk, LARGEST_CHUNK)
                return window

    def _check_coherence(self) -> None:
        """Raise OSError where what is stored in the mapping is not what the file then holds."""
        probe = b"\x01" * SLOT_SIZE
        self._window[self._at : self._at + SLOT_SIZE] = probe
        with self.path.open("rb", buffering=0) as file:
            file.seek(self._at)
            found = file.read(SLOT_SIZE)
        self._window[self._at : self._at + SLOT_SIZE] = b"\0" * SLOT_SIZE
        if found != probe:
            raise OSError(errno.ENOTSUP, "Shared mappings are not coherent", str(self.path))

    def _let_go(self) -> None:
        self._room = 0
        window = getattr(self, "_window", None)
        # In a forked child, a thread that is not there may have been storing a point.
        with suppress(BufferError):
            if window is not None:
                window.close()


class AppendWriter(JournalWriter):
    """Appends each point by one `os.write`: slower, and at home on every filesystem."""

    __slots__ = ()

    @property
    def end(self) -> int:
        """How many bytes of the file are in use."""
        return os.fstat(self._fd).st_size if self._fd != _CLOSED else self.path.stat().st_size

    def log(self, key: str | Series, value: float, timestamp: int, step: int) -> None:
        """Append one point; see `JournalWriter.log`."""
        try:
            with self._lock:
                number = self._numbers.get(key)
                if number is None:
                    number = self._number(key)
                checksum = _crc32(_pack_point(step, timestamp, value, number))
                self._append(_pack_slot(step, timestamp, value, number, checksum))
        except _NOT_A_POINT as error:
            raise _invalid(key, value, timestamp, step) from error

    def _append(self, data: bytes) -> None:
        if self._fd == _CLOSED:
            raise self._refuse()
        written = _write(self._fd, data)
        if written != len(data):  # the disk is full: what follows must not be out of step
            os.ftruncate(self._fd, os.fstat(self._fd).st_size - written)
            raise _no_space(self.path)

    def _let_go(self) -> None:
        pass


def _allocate(fd: int, size: int, path: Path) -> None:
    """Make the file `size` bytes long with the blocks for it, or raise OSError."""
    if hasattr(os, "posix_fallocate"):
        try:
            return os.posix_fallocate(fd, 0, size)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                raise
    # The descriptor appends, as the file's end is where its blocks end.
    missing = size - os.fstat(fd).st_size
    while missing > 0:
        missing -= _write(fd, bytes(min(missing, LARGEST_CHUNK)))


def _series_of(metric: Metric) -> str | Series:
    if metric.dataset_name is None and metric.dataset_digest is None and metric.model_id is None:
        return metric.key
    return Series(metric.key, metric.dataset_name, metric.dataset_digest, metric.model_id)


def _define(number: int, key: str | Series) -> bytes:
    return encode_definition(number, key if isinstance(key, Series) else Series(key))


def _encode_point(value: float, timestamp: int, step: int, number: int) -> bytes:
    try:
        checksum = _crc32(_pack_point(step, timestamp, value, number))
        return _pack_slot(step, timestamp, value, number, checksum)
    except _NOT_A_POINT as error:
        raise _invalid(None, value, timestamp, step) from error


def _invalid(key: object, value: object, timestamp: object, step: object) -> InvalidValue:
    return InvalidValue(
        f"Cannot log the point value={value!r}, timestamp={timestamp!r}, step={step!r}"
        f"{'' if key is None else f' of metric {key!r}'}: the value must be a float, the other two "
        "integers of 64 bits."
    )


def _abandon_all() -> None:
    for writer in list(_writers):
        writer._abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
