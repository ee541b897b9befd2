"""What every place where a run's files are kept can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from tracker.entities import FileInfo

CHUNK = 1024 * 1024
"""Bytes that are copied at a time."""


class Artifacts(Protocol):
    """The files of one run. Paths are artifact paths (`tracker.artifacts.paths`).

    1. A file is listed once it is complete, and a file that is replaced is the old or the new one.
    2. Nothing outside the run's folder is ever read or written, whatever a path says.
    3. StoreError is raised where the place cannot be read or written, InvalidValue where the path
       cannot be.
    """

    @property
    def uri(self) -> str:
        """The folder or URI under which the files lie."""

    def put(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a file from its bytes, in pieces. What producing them raises passes unchanged."""

    def put_file(self, source: Path, path: str) -> None:
        """Copy a file to `path`. Raises NotFound where there is no such source."""

    def list(self, path: str = "") -> list[FileInfo]:
        """Return the entries of a folder by name; of a file or of nothing, none."""

    def open(self, path: str) -> BinaryIO:
        """Return the file, open for reading. Raises NotFound."""

    def is_file(self, path: str) -> bool:
        """Return whether there is a file at this path."""

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it; what is absent passes.

        Raises InvalidValue for the folder of the run itself.
        """


def walk(artifacts: Artifacts, path: str = "") -> Iterator[FileInfo]:
    """Yield every file below a folder of a run."""
    for entry in artifacts.list(path):
        if entry.is_dir:
            yield from walk(artifacts, entry.path)
        else:
            yield entry


def read_chunks(file: BinaryIO) -> Iterator[bytes]:
    """Yield what is left of an open file in pieces."""
    while chunk := file.read(CHUNK):
        yield chunk
