"""The files of a run in a folder of this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tracker.artifacts.base import read_chunks
from tracker.artifacts.objects import Objects
from tracker.artifacts.paths import (
    PARTIAL_PREFIX,
    artifact_file,
    artifact_path,
    named_path,
    partial_beside,
    path_inside,
)
from tracker.entities import FileInfo
from tracker.errors import InvalidValue, NotFound, StoreError

_SETTLED = 2_000_000_000
"""Nanoseconds after which a change of a file is sure to show in its times."""


class LocalArtifacts:
    """See `tracker.artifacts.base.Artifacts`. The folder is made when the first file is written."""

    def __init__(self, root: Path, objects: Objects | None = None) -> None:
        self._root = root
        self._objects = objects

    @property
    def uri(self) -> str:
        """The folder of the files, as a plain path."""
        return str(self._root)

    def put(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a file from its bytes, in pieces. What producing them raises passes unchanged."""
        self._write(path, chunks)

    def put_file(self, source: Path, path: str) -> None:
        """Copy a file to `path`. Raises NotFound where there is no such source."""
        try:
            with source.open("rb") as file:
                identity = _identity(file)
                if not self._linked(identity, path):
                    digest = self._write(path, read_chunks(file))
                    if identity is not None and identity == _identity(file):
                        _digests[identity] = digest
        except FileNotFoundError as error:
            raise _no_source(source) from error
        except IsADirectoryError as error:
            raise InvalidValue(
                f"{source} is a folder. Log a folder with log_artifacts, or give a file."
            ) from error

    def list(self, path: str = "") -> list[FileInfo]:
        """Return the entries of a folder by name; of a file or of nothing, none."""
        plain = artifact_path(path)
        folder = path_inside(self._root, path)
        with _told(f"listing the artifacts at '{plain}'"):
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except (FileNotFoundError, NotADirectoryError):
                return []
            prefix = f"{plain}/" if plain else ""
            inside = [entry for entry in entries if self._is_ours(entry)]
            found = (_file_info(prefix, entry) for entry in inside)
            return [info for info in found if info is not None]

    def open(self, path: str) -> BinaryIO:
        """Return the file, open for reading. Raises NotFound."""
        file = path_inside(self._root, path)
        with _told(f"reading the artifact '{path}'"):
            try:
                return file.open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
                raise _no_artifact(path, self._root) from error

    def is_file(self, path: str) -> bool:
        """Return whether there is a file at this path."""
        return path_inside(self._root, path).is_file()

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it; what is absent passes."""
        plain = named_path(path)
        target = path_inside(self._root, plain)
        with _told(f"removing the artifact '{plain}'"):
            try:
                if target.is_dir():
                    shutil.rmtree(target)
                else:
                    target.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return

    def _is_ours(self, entry: os.DirEntry[str]) -> bool:
        """Return whether the entry is complete, and no link that leads out of the run's folder."""
        if entry.name.startswith(PARTIAL_PREFIX):
            return False
        return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(
            self._root.resolve()
        )

    def _write(self, path: str, chunks: Iterable[bytes]) -> str:
        """Write a file and return the SHA-256 of what was written."""
        sha = hashlib.sha256()
        with self._placing(path) as partial:
            with _told(f"writing the artifact '{path}'"):
                file = partial.open("xb")
            with file:
                for chunk in chunks:
                    sha.update(chunk)
                    with _told(f"writing the artifact '{path}'"):
                        file.write(chunk)
                with _told(f"writing the artifact '{path}'"):
                    file.flush()
            if self._objects is not None:
                self._objects.keep(partial, sha.hexdigest())
        return sha.hexdigest()

    def _linked(self, identity: _Identity | None, path: str) -> bool:
        """Put a file that was logged before, and not changed since, in place; return whether."""
        digest = _digests.get(identity) if identity is not None else None
        if digest is None or self._objects is None:
            return False
        target = self._target(path)
        return self._objects.link(digest, target)

    def _target(self, path: str) -> Path:
        """Return the file to write, its folder made. Raises InvalidValue where that is a folder."""
        plain = artifact_file(path)
        with _told(f"writing the artifact '{plain}'"):
            self._root.mkdir(parents=True, exist_ok=True)
            try:
                target = path_inside(self._root, plain)
                target.parent.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError) as error:
                raise InvalidValue(
                    f"The artifact '{plain}' cannot be written: a part of its path is a file of "
                    "this run already. Choose another path."
                ) from error
            if target.is_dir():
                raise InvalidValue(
                    f"The artifact '{plain}' cannot be written: it is a folder of this run. "
                    "Choose another path."
                )
        return target

    @contextmanager
    def _placing(self, path: str) -> Iterator[Path]:
        """Yield a new name beside the file; what is written there takes its place at the end."""
        target = self._target(path)
        partial = partial_beside(target)
        try:
            yield partial
            with _told(f"writing the artifact '{path}'"):
                partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


_Identity = tuple[int, int, int, int, int]
_digests: dict[_Identity, str] = {}


def _identity(file: BinaryIO) -> _Identity | None:
    """Return what changes when the file's content does; None where it was changed just now."""
    state = os.fstat(file.fileno())
    if time.time_ns() - max(state.st_mtime_ns, state.st_ctime_ns) < _SETTLED:
        return None
    return (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


def _file_info(prefix: str, entry: os.DirEntry[str]) -> FileInfo | None:
    """Return an entry of a listing; None for what has gone or is neither file nor folder."""
    try:
        state = entry.stat()
    except OSError:
        return None
    if stat.S_ISDIR(state.st_mode):
        return FileInfo(prefix + entry.name, True, None)
    if stat.S_ISREG(state.st_mode):
        return FileInfo(prefix + entry.name, False, state.st_size)
    return None


@contextmanager
def _told(doing: str) -> Iterator[None]:
    """Turn what the operating system refuses into a StoreError that says what was being done."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The file system refused {doing}: {error.strerror or error} ({error.filename})."
        ) from error


def _no_source(source: Path) -> NotFound:
    return NotFound(f"There is no file {source} to log (looked from {Path.cwd()}).")


def _no_artifact(path: str, root: Path) -> NotFound:
    return NotFound(f"The run has no artifact file '{path}' in {root}.")
