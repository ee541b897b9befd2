"""The one place where a path that somebody gave becomes a file of a run.

Artifact paths come from scripts, archives, stores and requests. Whatever they say, what comes out
lies inside the run's own folder, or InvalidValue is raised.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from tracker.errors import InvalidValue

PARTIAL_PREFIX = ".tracker-partial-"
"""Begins the name of a file that is still being written; such files are never listed."""

_LONGEST_PATH = 4096
_LONGEST_NAME = 255
_ENCODED = re.compile(r"%(?:25)*(?:2e|2f|5c|3a|00)", re.IGNORECASE)
_SCHEME_OR_DRIVE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?://|/|$)|[A-Za-z]:|file:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def artifact_path(path: str) -> str:
    """Return an artifact path in its plain form: relative, posix, without "." and empty parts.

    "" is the run's folder itself. Raises InvalidValue for what is absolute, climbs with "..", holds
    backslashes, control characters, a drive letter, a URI's scheme, or percent signs that would
    decode to a dot, separator or NUL: whoever decodes does so once, before calling this.
    """
    reason = _objection(path)
    if reason is not None:
        raise InvalidValue(
            f"Invalid path {_shown(path)}: {reason}. An artifact path is relative to its run's "
            "folder and written with forward slashes, like 'plots/loss.png'."
        )
    plain = PurePosixPath(path).as_posix()
    return "" if plain == "." else plain


def artifact_file(path: str) -> str:
    """Return an artifact path that can name a file to be written. Raises InvalidValue."""
    plain = artifact_path(path)
    if not plain or path.endswith("/"):
        raise InvalidValue(
            f"Invalid path {_shown(path)}: it names a folder, and a file name is needed."
        )
    return plain


def named_path(path: str) -> str:
    """Return an artifact path in its plain form, that of a file or folder. Raises InvalidValue."""
    plain = artifact_path(path)
    if not plain:
        raise InvalidValue("Name a file or folder among the artifacts, not all of them.")
    return plain


def path_inside(root: Path, path: str) -> Path:
    """Return where an artifact path leads inside the folder `root`, symbolic links followed.

    The file need not exist. Raises InvalidValue as `artifact_path` does, and where a link on the
    way leads out of the folder.
    """
    plain = artifact_path(path)
    try:
        real_root = root.resolve()
        inside = (real_root / plain).resolve()
    except (OSError, RuntimeError) as error:
        raise InvalidValue(f"Invalid path {_shown(path)}: {error}.") from error
    if not inside.is_relative_to(real_root):
        raise InvalidValue(
            f"Invalid path {_shown(path)}: a symbolic link on it leads out of the run's folder."
        )
    return inside


def partial_beside(file: Path) -> Path:
    """Return a new name in the file's folder, under which to prepare what takes its place."""
    return file.with_name(f"{PARTIAL_PREFIX}{os.getpid()}-{os.urandom(6).hex()}")


def _objection(path: str) -> str | None:
    """Return what is wrong with the path, None where nothing is."""
    if not isinstance(path, str):
        return f"it must be text, not {type(path).__name__}"
    if len(path) > _LONGEST_PATH:
        return f"it has {len(path)} characters, {_LONGEST_PATH} are allowed"
    if _CONTROL.search(path):
        return "it holds a control character"
    if "\\" in path:
        return "it holds a backslash"
    if path.startswith("/"):
        return "it is absolute"
    if _SCHEME_OR_DRIVE.match(path) or "://" in path:
        return "it begins with a drive letter or a URI's scheme"
    if _ENCODED.search(path):
        return "it holds an encoded dot, separator or NUL"
    return _objection_to_parts(path.split("/"))


def _objection_to_parts(parts: list[str]) -> str | None:
    for part in parts:
        if part == "..":
            return "it climbs out with '..'"
        if part.startswith(PARTIAL_PREFIX):
            return f"names that begin with {PARTIAL_PREFIX} are reserved"
        try:
            length = len(part.encode())
        except UnicodeEncodeError:
            return "it holds half a surrogate pair"
        if length > _LONGEST_NAME:
            return f"a name in it has {length} bytes, {_LONGEST_NAME} are allowed"
    return None


def _shown(path: object) -> str:
    text = repr(path)
    return text if len(text) <= 100 else f"{text[:97]}..."
