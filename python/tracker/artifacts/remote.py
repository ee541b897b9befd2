"""The files of a run at a URI that fsspec knows: s3://, gs://, abfs://, memory:// ..."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from tracker.artifacts.base import CHUNK, read_chunks
from tracker.artifacts.paths import PARTIAL_PREFIX, artifact_file, artifact_path, named_path
from tracker.entities import FileInfo
from tracker.errors import InvalidValue, NotFound, StoreError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_COMMITTING = frozenset({"s3", "s3a", "gs", "gcs"})
"""Places whose uploads are not seen before they are committed. Elsewhere they are renamed."""


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
            writing = _Upload.begin(filesystem, f"{root}/{plain}")
        try:
            for chunk in chunks:
                with self._told(doing):
                    writing.file.write(chunk)
            with self._told(doing):
                writing.commit()
        except BaseException:
            with suppress(Exception):  # the first error is the one to tell
                writing.discard()
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

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it; what is absent passes."""
        plain = named_path(path)
        with self._told(f"removing the artifact '{plain}'"):
            filesystem, root = self._filesystem()
            filesystem.invalidate_cache()
            try:
                filesystem.rm(f"{root}/{plain}", recursive=True)
            except FileNotFoundError:
                return

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


class _Upload:
    """A file on its way: complete and in its place after `commit`, not there after `discard`."""

    def __init__(self, filesystem: AbstractFileSystem, partial: str, target: str) -> None:
        self._filesystem = filesystem
        self._partial = partial
        self._target = target
        self.file: Any = filesystem.open(
            partial, "wb", block_size=8 * CHUNK, autocommit=partial != target
        )

    @classmethod
    def begin(cls, filesystem: AbstractFileSystem, target: str) -> _Upload:
        """Return an upload to a name that is not seen before `commit`."""
        protocols = filesystem.protocol
        names = {protocols} if isinstance(protocols, str) else set(protocols)
        if names & _COMMITTING:
            return cls(filesystem, target, target)
        folder, _, _ = target.rpartition("/")
        filesystem.makedirs(folder, exist_ok=True)
        return cls(filesystem, f"{folder}/{PARTIAL_PREFIX}{os.urandom(8).hex()}", target)

    def commit(self) -> None:
        """Put the file in its place."""
        self.file.close()
        if self._partial == self._target:
            self.file.commit()
        else:
            self._filesystem.mv(self._partial, self._target)

    def discard(self) -> None:
        """Forget the file. What was in its place stays."""
        if self._partial == self._target:
            self.file.discard()
        else:
            self.file.close()
            self._filesystem.rm_file(self._partial)


def _file_info(entry: dict[str, object], below: str, prefix: str) -> FileInfo | None:
    """Return an entry of fsspec's listing; None for the folder itself and what is not complete."""
    name = str(entry["name"]).strip("/")
    if PurePosixPath(name).name.startswith(PARTIAL_PREFIX):
        return None
    if not name.startswith(below) or name == below.rstrip("/"):
        return None
    if entry["type"] == "directory":
        return FileInfo(prefix + name.removeprefix(below), True, None)
    size = entry.get("size")
    return FileInfo(prefix + name.removeprefix(below), False, size if type(size) is int else None)
