"""The content of files and folders of a project that are installed from there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from tracker.errors import InvalidValue

_NOT_INSTALLED = {".git", ".hg", ".tox", ".tracker", ".venv", "__pycache__", "mlruns"}
_BUILD_FILES = ("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt")
_MOST_FILES = 20_000
_LARGE = 1 << 20
"""Bytes from which a file in a folder, as data are, is known by its size and time alone."""


def digest(path: Path, *, is_editable: bool) -> str:
    """Return what changes when a file or folder must be installed anew.

    Of an editable folder that is only how it is built, for its modules are used where they are.
    Raises InvalidValue for a folder with too many files to be a package, or one it cannot read.
    """
    made = hashlib.sha256()
    try:
        for file in _editable(path) if is_editable else _files(path):
            made.update(f"{file.relative_to(path.parent)}\0".encode("utf-8", "surrogateescape"))
            _add(made, file, is_whole=file == path)
    except OSError as error:
        raise InvalidValue(
            f"{path} is to be installed, but cannot be read: {error.strerror or error}."
        ) from error
    return made.hexdigest()


def _editable(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in _BUILD_FILES if (folder / name).is_file())


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    count = 0
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(set(folders) - _NOT_INSTALLED)
        for name in sorted(files):
            count += 1
            if count > _MOST_FILES:
                raise InvalidValue(f"{path} is to be installed, but has over {_MOST_FILES} files.")
            if (file := Path(folder) / name).is_file():
                yield file


def _add(made: hashlib._Hash, file: Path, *, is_whole: bool) -> None:
    status = file.stat()
    if status.st_size > _LARGE and not is_whole:
        made.update(f"{status.st_size} {status.st_mtime_ns}".encode())
        return
    with file.open("rb") as content:
        while chunk := content.read(_LARGE):
            made.update(chunk)
