"""The same content kept once: files under the SHA-256 of what they hold, linked into runs.

An object is read-only, because every run that logged it shows the same bytes. One that no run
links to any more is swept away; that is the whole of its bookkeeping.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from tracker.artifacts.base import CHUNK
from tracker.artifacts.paths import partial_beside

_DIGEST = re.compile(r"[0-9a-f]{64}")
_READ_ONLY = 0o444


class Objects:
    """A folder of objects, made when the first is kept. Without links it just keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, file: Path, digest: str) -> bool:
        """Make `file`, whose content has this digest, one with the object of that content.

        Return whether the two are the same file now. `file` keeps its place and content.
        """
        found = self._path(digest)
        try:
            found.parent.mkdir(parents=True, exist_ok=True)
            file.chmod(_READ_ONLY)
            if self._holds(found, file.stat().st_size):
                return self.link(digest, file)
            found.unlink(missing_ok=True)
            os.link(file, found)
        except OSError:  # no links here, too many of them, or a sweep came between
            return False
        return True

    def link(self, digest: str, file: Path) -> bool:
        """Put the object of that digest at `file`; return whether there was one to put."""
        beside = partial_beside(file)
        try:
            os.link(self._path(digest), beside)
        except OSError:
            return False
        beside.replace(file)
        beside.unlink(missing_ok=True)  # a rename onto the same file leaves both names
        return True

    def sweep(self) -> int:
        """Remove the objects that no run links to and return the bytes that were freed."""
        freed = 0
        for path in self._all():
            state = path.stat()
            if state.st_nlink == 1:
                path.unlink(missing_ok=True)
                freed += state.st_size
        return freed

    def damaged(self) -> list[Path]:
        """Return the objects whose content is not what their name says. Reads every byte."""
        return [path for path in self._all() if digest_of(path) != path.name]

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _all(self) -> Iterator[Path]:
        for path in sorted(self._folder.glob("??/*")):
            if _DIGEST.fullmatch(path.name):
                yield path

    @staticmethod
    def _holds(path: Path, size: int) -> bool:
        try:
            return path.stat().st_size == size
        except FileNotFoundError:
            return False


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's content in hexadecimal."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            sha.update(chunk)
    return sha.hexdigest()
