"""From a path of Jupyter's contents API to a folder on disk. What arrives here is hostile."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote

from tracker.errors import InvalidValue

FOLDER_MAX_LENGTH = 4096


def resolve_folder(root: Path, folder: str, *, allow_hidden: bool = False) -> Path:
    """Return the existing folder, symlinks resolved, in which a kernel started there would run.

    `folder` is relative to `root`, the folder that Jupyter serves, and separated by `/`. Where it
    does not exist the nearest parent that does is returned, as Jupyter does for kernels. Raises
    InvalidValue for anything that leads out of `root`, or to a hidden folder unless those are
    allowed.
    """
    segments = _segments(folder, allow_hidden=allow_hidden)
    real_root = Path(os.path.realpath(root))
    real = Path(os.path.realpath(real_root.joinpath(*segments)))
    if not real.is_relative_to(real_root):
        raise _refusal(folder, "it leads out of the folder that Jupyter serves")
    if not allow_hidden and any(part.startswith(".") for part in real.relative_to(real_root).parts):
        raise _refusal(folder, "it is hidden")
    while not os.path.isdir(real) and real != real_root:  # noqa: PTH112 (isdir never raises)
        real = real.parent
    return real


def _segments(folder: str, *, allow_hidden: bool) -> list[str]:
    if len(folder) > FOLDER_MAX_LENGTH:
        raise _refusal(folder[:80] + "...", f"it is longer than {FOLDER_MAX_LENGTH} characters")
    if folder.startswith("/") or PureWindowsPath(folder).drive:
        raise _refusal(folder, "it is absolute")
    if "://" in folder:  # which may hold a password, and is not repeated
        raise _refusal(folder.partition("://")[0] + "://...", "it is a URL")
    segments = [segment for segment in folder.split("/") if segment]
    for segment in segments:
        # A name that means something else once it is decoded again is never a mistake.
        for name in (segment, unquote(segment)):
            if any(character in name for character in ("\\", "\0")):
                raise _refusal(folder, "backslashes and NUL are not allowed")
            if name in (".", "..") or "/" in name:
                raise _refusal(folder, "it leads out of the folder that Jupyter serves")
            if name.startswith(".") and not allow_hidden:
                raise _refusal(folder, "it is hidden")
    return segments


def _refusal(folder: str, reason: str) -> InvalidValue:
    return InvalidValue(
        f"The folder {folder!r} cannot be used: {reason}. "
        "Give a path relative to the folder that Jupyter serves, '' for that folder itself."
    )
