"""Where the artifacts of a neighbour's run are now.

MLflow records an artifact location once, as an absolute path, a `file:` URI of some form, or a path
relative to wherever it was started. Then people move the folder, mount it elsewhere, or unpack it
on another system. What is recorded counts where it still leads somewhere, or to another machine;
else the folder at the run's usual place does.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_WINDOWS_DRIVE = re.compile(r"/*[A-Za-z]:[/\\]|/*[A-Za-z]:$")


def current_location(recorded: str, usual: Path) -> str:
    """Return where artifacts recorded at `recorded` are; `usual` is where they would lie today.

    What is still true is returned as it is written.
    """
    path = local_path(recorded)
    if path is None:
        return recorded or str(usual)
    if path.is_absolute() and _exists(path):
        return recorded
    if _exists(usual):
        return str(usual)
    return recorded if path.is_absolute() else str(usual)


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
