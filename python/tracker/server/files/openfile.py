"""A file of a run, opened to be sent or looked into."""

from __future__ import annotations

import io
import mimetypes
import os
from dataclasses import dataclass
from typing import BinaryIO

from tracker.artifacts import Artifacts
from tracker.artifacts.paths import artifact_path
from tracker.errors import NotFound

CHUNK = 256 * 1024
"""Bytes read at a time, each on a thread of the pool."""


@dataclass(frozen=True, slots=True)
class OpenArtifact:
    """A file of a run, open at its beginning; whoever asked for it closes it."""

    file: BinaryIO
    path: str
    size: int
    version: tuple[object, ...]
    """Another one when the file's content is another."""

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def media_type(self) -> str:
        """What the name says the file is."""
        guessed, encoding = mimetypes.guess_type(self.name)
        return guessed if guessed and not encoding else "application/octet-stream"

    def read(self, limit: int) -> bytes:
        """Return the next bytes, at most `limit`."""
        return self.file.read(min(limit, CHUNK))


def open_artifact(artifacts: Artifacts, path: str) -> OpenArtifact:
    """Return a file of a run, open for reading. Raises NotFound, InvalidValue, StoreError."""
    plain = artifact_path(path)
    # Only a file: opening a pipe that someone left there would wait for ever.
    if not artifacts.is_file(plain):
        raise NotFound(f"The run has no artifact file {plain!r}.")
    file = artifacts.open(plain)
    try:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        return OpenArtifact(file, plain, size, (artifacts.uri, plain, size, _changed(file)))
    except BaseException:
        file.close()
        raise


def _changed(file: BinaryIO) -> int | None:
    """Return when a file of this machine was changed last; None for any other."""
    try:
        return os.fstat(file.fileno()).st_mtime_ns
    except (AttributeError, io.UnsupportedOperation, OSError):
        return None
