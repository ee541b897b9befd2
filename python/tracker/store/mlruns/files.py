"""Files of an mlruns folder, read and written as one must where strangers put them.

Nothing is followed that is a link, nothing read that is not a plain file of a sensible size.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tracker.errors import InvalidValue, StoreError
from tracker.store.mlruns.layout import PARTIAL_PREFIX, below

TEXT_LIMIT = 4_000_000
"""Bytes of the largest param, tag or meta.yaml that is read; MLflow allows 20,000 characters."""
DEEPEST = 32
"""Folders in folders that a key with slashes may need."""

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


class Unreadable(Exception):
    """A file or folder that cannot be what it should be; the text says why."""


class Found(NamedTuple):
    """A file below a folder: its path relative to that, with slashes, and where it is."""

    key: str
    path: str


def read_bytes(path: str, start: int = 0, limit: int | None = None) -> bytes:
    """Return a plain file's content from `start` on. Raises Unreadable."""
    try:
        descriptor = os.open(path, _READ | _BINARY)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable(f"{path} is not a plain file")
            if limit is not None and status.st_size > limit:
                raise Unreadable(f"{path} has {status.st_size} bytes; {limit} are read at most")
            file.seek(start)
            content = file.read()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unreadable(f"{path} is a symbolic link, which is not followed") from error
        raise Unreadable(f"{path}: {error.strerror}") from error
    if start == 0 and content.startswith(_LFS_POINTER):
        raise Unreadable(f"{path} is a git-lfs pointer: run `git lfs pull` to get the file itself")
    return content


def read_text(path: str) -> str:
    """Return a small text file. Raises Unreadable."""
    try:
        return read_bytes(path, limit=TEXT_LIMIT).decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not UTF-8 text: {error.reason}") from error


def walk(folder: str, folders: list[str], problems: list[str]) -> Iterator[Found]:
    """Yield every plain file below `folder`; add all folders walked to `folders`.

    What is neither file nor folder goes to `problems`. A folder that is not there holds nothing.
    """
    if os.path.islink(folder):  # noqa: PTH114 - paths are text here, for speed
        problems.append(f"{folder} is a symbolic link, and is not followed")
        return
    pending = [("", folder, 0)]
    while pending:
        prefix, path, depth = pending.pop()
        try:
            with os.scandir(path) as found:
                entries = sorted(found, key=lambda it: it.name)
        except FileNotFoundError:
            continue
        except OSError as error:
            problems.append(f"{path}: {error.strerror}")
            continue
        folders.append(path)
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                yield Found(prefix + entry.name, entry.path)
            elif not entry.is_dir(follow_symlinks=False):
                problems.append(f"{entry.path} is a link or no plain file, and is not followed")
            elif depth < DEEPEST:
                pending.append((f"{prefix}{entry.name}/", entry.path, depth + 1))


def write_text(path: str, text: str, workshop: str) -> None:
    """Put a file in place at once, over an older one; it is prepared in the folder `workshop`.

    Raises StoreError, InvalidValue (see `prepare_parent`).
    """
    with _words(path):
        prepare_parent(path, workshop)
        partial = _partial(workshop, text)
        try:
            os.replace(partial, path)  # noqa: PTH105 - paths are text here, for speed
        except OSError:
            Path(partial).unlink(missing_ok=True)
            raise


def create_text(path: str, text: str, workshop: str) -> bool:
    """Put a file in place unless there is one: return whether it was. Raises as `write_text`."""
    with _words(path):
        prepare_parent(path, workshop)
        partial = _partial(workshop, text)
        try:
            os.link(partial, path)  # noqa: PTH200 - paths are text here, for speed
        except FileExistsError:
            return False
        except OSError:  # a file system without links; there the last writer wins
            os.replace(partial, path)  # noqa: PTH105
            return True
        finally:
            Path(partial).unlink(missing_ok=True)
    return True


def remove(path: str) -> None:
    """Remove a file; one that is not there is fine. Raises StoreError."""
    with _words(path):
        Path(path).unlink(missing_ok=True)


def prepare_parent(path: str, inside: str) -> None:
    """Make the folders above a file. Raises InvalidValue where they lead out of `inside`."""
    parent = os.path.dirname(path)  # noqa: PTH120
    real, root = os.path.realpath(parent), os.path.realpath(inside)
    if real != root and not real.startswith(root + os.sep):
        raise InvalidValue(
            f"{path} cannot be written: a symbolic link on the way leads out of {inside}."
        )
    os.makedirs(parent, exist_ok=True)  # noqa: PTH103


class _words:
    """Turns the system's errors into ours, with the path and what to do."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise failure(self._path, error) from error


def failure(path: str, error: OSError) -> StoreError | InvalidValue:
    """Return our error for one of the system's; the caller raises it `from` the original."""
    if error.errno in (errno.ENOTDIR, errno.EISDIR, errno.EEXIST):
        return InvalidValue(
            f"{path} cannot be written: one key cannot be both a name and the beginning of "
            "another name before a slash, for in mlruns each key is a file. Choose another key."
        )
    if error.errno in (errno.ENAMETOOLONG, errno.EINVAL):
        return InvalidValue(f"{path} cannot be the name of a file here: {error.strerror}.")
    return StoreError(
        f"Cannot write {path}: {error.strerror}. Check the permissions and the disk, or set "
        "another tracking URI."
    )


def _partial(workshop: str, text: str) -> str:
    path = below(workshop, f"{PARTIAL_PREFIX}{os.urandom(8).hex()}")
    Path(path).write_bytes(text.encode())
    return path
