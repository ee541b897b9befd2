"""Files of a run that were chosen one by one, under the names they are to have."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from tracker.artifacts.paths import artifact_file
from tracker.entities import FileInfo
from tracker.errors import InvalidValue, NotFound


class GivenFiles:
    """A `tracker.transfer.source.Readable`: files on disk, or as bytes.

    Names that no artifact may have are left out.
    """

    def __init__(self, files: Mapping[str, Path | bytes]) -> None:
        self._files = {path: content for path, content in files.items() if _is_allowed(path)}

    def list(self, path: str = "") -> list[FileInfo]:
        """Return all files at once where asked for the whole."""
        if path:
            return []
        return [FileInfo(name, False, _size(it)) for name, it in self._files.items()]

    def open(self, path: str) -> BinaryIO:
        """Return the file, open for reading. Raises NotFound."""
        found = self._files.get(path)
        if found is None:
            raise NotFound(f"The run has no file '{path}'.")
        return BytesIO(found) if isinstance(found, bytes) else found.open("rb")

    def is_file(self, path: str) -> bool:
        """Return whether there is a file at this path."""
        return path in self._files


def _size(content: Path | bytes) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _is_allowed(path: str) -> bool:
    try:
        return artifact_file(path) == path
    except InvalidValue:
        return False
