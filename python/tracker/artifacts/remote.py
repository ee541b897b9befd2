"""The files of a run at a URI that fsspec knows: s3://, gs://, abfs://, memory:// ..."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from tracker.artifacts.base import CHUNK, read_chunks
from tracker.artifacts.paths import artifact_file, artifact_path
from tracker.entities import FileInfo
from tracker.errors import InvalidValue, NotFound, StoreError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class RemoteArtifacts:
    """See `tracker.artifacts.base.Artifacts`. Credentials are the environment's, never ours."""

    def __init__(self, uri: str) -> None:
        self._uri = uri.rstrip("/")
        self._opened: tuple[AbstractFileSystem, str] | None = None

    @property
    def uri(self) -> str:
        """The URI under which the files lie."""
        return self._uri

    def put(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a file from its bytes, in pieces. What producing them raises passes unchanged.

        The file appears when all of it has arrived, or not at all.
        """
        plain = artifact_file(path)
        doing = f"writing the artifact '{plain}'"
        with self._told(doing):
            filesystem, root = self._filesystem()
            file = filesystem.open(f"{root}/{plain}", "wb", block_size=8 * CHUNK, autocommit=False)
        try:
            for chunk in chunks:
                with self._told(doing):
                    file.write(chunk)
            with self._told(doing):
                file.close()
                file.commit()
        except BaseException:
            with suppress(Exception):  # the first error is the one to tell
                file.discard()
            raise

    def put_file(self, source: Path, path: str) -> None:
        """Copy a file to `path`. Raises NotFound where there is no such source."""
        try:
            with source.open("rb") as file:
                self.put(path, read_chunks(file))
        except FileNotFoundError as error:
            raise NotFound(f"There is no file {source} to log (from {Path.cwd()}).") from error
        except IsADirectoryError as error:
            raise InvalidValue(f"{source} is a folder. Log it with log_artifacts.") from error

    def list(self, path: str = "") -> list[FileInfo]:
        """Return the entries of a folder by name; of a file or of nothing, none."""
        plain = artifact_path(path)
        with self._told(f"listing the artifacts at '{plain}'"):
            filesystem, root = self._filesystem()
            folder = f"{root}/{plain}".rstrip("/")
            filesystem.invalidate_cache(folder)
            try:
                entries = filesystem.ls(folder, detail=True)
            except (FileNotFoundError, NotADirectoryError):
                return []
        below = f"{folder.strip('/')}/"
        found = [_file_info(entry, below, f"{plain}/" if plain else "") for entry in entries]
        return sorted((info for info in found if info is not None), key=lambda info: info.path)

    def open(self, path: str) -> BinaryIO:
        """Return the file, open for reading. Raises NotFound."""
        plain = artifact_path(path)
        with self._told(f"reading the artifact '{plain}'"):
            filesystem, root = self._filesystem()
            try:
                return cast(BinaryIO, filesystem.open(f"{root}/{plain}", "rb"))
            except (FileNotFoundError, IsADirectoryError) as error:
                raise NotFound(f"The run has no artifact file '{plain}' at {self._uri}.") from error

    def is_file(self, path: str) -> bool:
        """Return whether there is a file at this path."""
        plain = artifact_path(path)
        with self._told(f"reading the artifact '{plain}'"):
            filesystem, root = self._filesystem()
            return bool(filesystem.isfile(f"{root}/{plain}"))

    def _filesystem(self) -> tuple[AbstractFileSystem, str]:
        if self._opened is None:
            from fsspec.core import url_to_fs

            filesystem, root = url_to_fs(self._uri)
            self._opened = (filesystem, root.rstrip("/"))
        return self._opened

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        """Turn any refusal into a StoreError: every kind of remote place has errors of its own."""
        try:
            yield
        except (StoreError, NotFound, InvalidValue):
            raise
        except Exception as error:
            raise StoreError(f"{self._uri} refused {doing}: {error or type(error)}.") from error


def _file_info(entry: dict[str, object], below: str, prefix: str) -> FileInfo | None:
    """Return an entry of fsspec's listing; None for the folder itself and for the file listed."""
    name = str(entry["name"]).strip("/")
    if not name.startswith(below) or name == below.rstrip("/"):
        return None
    if entry["type"] == "directory":
        return FileInfo(prefix + name.removeprefix(below), True, None)
    size = entry.get("size")
    return FileInfo(prefix + name.removeprefix(below), False, size if type(size) is int else None)
