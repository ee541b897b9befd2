"""Where the artifacts of a neighbour's run are now.

MLflow records an artifact location once, as an absolute path, a `file:` URI of some form, or a path
relative to wherever it was started. Then people move the folder, mount it elsewhere, or unpack it
on another system. What is recorded counts where it still leads somewhere, or to another machine;
else the run's usual place does, where it holds something or is what was meant at the time.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_SEPARATORS = re.compile(r"[/\\]")
_WINDOWS_DRIVE = re.compile(r"/*[A-Za-z]:[/\\]|/*[A-Za-z]:$")


def current_location(recorded: str, usual: Path, depth: int) -> str:
    """Return where artifacts recorded at `recorded` are; `usual` is where they would lie today.

    Of `usual` the last `depth` parts are the same wherever the store lies. What may still be true
    is returned as it is written.
    """
    path = local_path(recorded)
    if path is None:
        return recorded or str(usual)
    if path.is_absolute() and _exists(path):
        return recorded
    if depth > 1 and _has_content(usual):
        return str(usual)
    parts = _SEPARATORS.split(str(path))
    was_usual = tuple(parts[-depth:]) == usual.parts[-depth:]
    root = Path("/".join(parts[:-depth]) or "/")
    if was_usual and not (path.is_absolute() and _exists(root)):
        return str(usual)
    return recorded


def local_path(location: str) -> Path | None:
    """Return the path on this machine that a location means, None for what lies elsewhere.

    A Windows path stays a path, though elsewhere it leads nowhere. "" means nothing.
    """
    scheme = _SCHEME.match(location)
    if scheme is None or _WINDOWS_DRIVE.match(location):
        return Path(location) if location else None
    if scheme[1].lower() != "file":
        return None
    parts = urlsplit(location)
    return Path(unquote(parts.path)) if parts.netloc in ("", "localhost") else Path(location)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _has_content(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False
