"""Where artifacts are kept: relative to the store's folder in the database, absolute when read.

A store that is moved or mounted elsewhere with its artifacts still finds them.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")
_ABSOLUTE = re.compile(r"/|[A-Za-z][A-Za-z0-9+.\-]*:")


class Locations:
    """Turns artifact locations into what the database keeps, and back."""

    root: str
    """What stands before a relative location, its slash included."""

    def __init__(self, folder: Path) -> None:
        self.root = f"{folder.as_posix().rstrip('/')}/"

    def to_stored(self, location: str) -> str:
        """Return what to keep for a folder or URI; a relative path counts from here and now."""
        if location.startswith("file:"):
            location = unquote(urlsplit(location).path)
        elif _SCHEME.match(location):
            return location.rstrip("/")
        absolute = Path(location).absolute().as_posix()
        return absolute.removeprefix(self.root)

    def to_read(self, stored: str) -> str:
        """Return the absolute plain path, or the URI, for what the database keeps."""
        if _ABSOLUTE.match(stored):
            return stored
        return self.root + stored

    def of_experiment(self, experiment: int, stored: str | None) -> str:
        """Return what is kept for an experiment: its own location, or the default one."""
        return stored or f"artifacts/{experiment}"
