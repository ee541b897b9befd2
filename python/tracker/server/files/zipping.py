"""A folder of a run as one ZIP archive, made while it is sent: nothing of it waits anywhere."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Generator, Iterator
from typing import BinaryIO, cast

from tracker.artifacts import Artifacts, walk
from tracker.artifacts.paths import artifact_path
from tracker.entities import FileInfo
from tracker.errors import NotFound, TrackerError
from tracker.server.files.openfile import CHUNK, open_artifact

FILES_LIMIT = 100_000
LEFT_OUT = "FILES-LEFT-OUT.txt"
_PACKED = {
    *("7z", "bz2", "gz", "whl", "xz", "zip", "zst"),
    *("avi", "flac", "m4a", "mkv", "mov", "mp3", "mp4", "ogg", "webm"),
    *("gif", "jpeg", "jpg", "pdf", "png", "webp"),
    *("feather", "npz", "parquet", "pq", "pt", "pth", "safetensors"),
}
"""Suffixes of files that do not get smaller."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)


def zip_name(run_name: str, path: str) -> str:
    """Return what a run's archive is called: no character that a file system minds."""
    name = f"{run_name}-{path}" if path else run_name
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name).strip('-.')[:100] or 'run'}.zip"


def zipped(artifacts: Artifacts, path: str) -> Generator[bytes, None, None]:
    """Yield an archive of all below a folder, in pieces. Raises NotFound where nothing is there.

    What cannot be read, or has a name that would lead elsewhere, is left out and told at the end.
    """
    plain = artifact_path(path)
    entries = walk(artifacts, plain)
    first = next(entries, None)
    if first is None:
        raise NotFound(f"There is no folder of artifacts {plain!r} with files in it.")
    return _archive(artifacts, first, entries, plain)


class _Sink:
    """Takes what zipfile writes until it is sent."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def _archive(
    artifacts: Artifacts, first: FileInfo, others: Iterator[FileInfo], folder: str
) -> Generator[bytes, None, None]:
    sink = _Sink()
    left_out: list[str] = []
    now = max(time.localtime()[:6], _EARLIEST)
    # A file that cannot be wound back: zipfile then tells sizes after the data.
    with zipfile.ZipFile(cast(BinaryIO, sink), "w") as archive:
        for number, entry in enumerate(_chained(first, others, left_out)):
            if number == FILES_LIMIT:
                left_out.append(f"all files after the first {FILES_LIMIT}")
                break
            yield from _member(archive, sink, artifacts, entry, folder, now, left_out)
        if left_out:
            archive.writestr(zipfile.ZipInfo(LEFT_OUT, now), "\n".join(left_out) + "\n")
    yield sink.taken()


def _chained(
    first: FileInfo, others: Iterator[FileInfo], left_out: list[str]
) -> Iterator[FileInfo]:
    yield first
    try:
        yield from others
    except TrackerError as error:  # a folder whose name cannot be an artifact's
        left_out.append(error.message)


def _member(
    archive: zipfile.ZipFile,
    sink: _Sink,
    artifacts: Artifacts,
    entry: FileInfo,
    folder: str,
    now: tuple[int, ...],
    left_out: list[str],
) -> Iterator[bytes]:
    try:
        opened = open_artifact(artifacts, entry.path)
    except TrackerError as error:
        left_out.append(f"{entry.path!r}: {error.message}")
        return
    with opened.file:
        name = opened.path.removeprefix(f"{folder}/") if folder else opened.path
        info = zipfile.ZipInfo(name, cast("tuple[int, int, int, int, int, int]", now))
        is_packed = name.rpartition(".")[2].lower() in _PACKED
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with archive.open(info, "w", force_zip64=True) as member:
            while chunk := opened.read(CHUNK):
                member.write(chunk)
                yield sink.taken()
    yield sink.taken()
