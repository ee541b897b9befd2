"""Stores below the folder that Jupyter serves, looked for in the background and never for long."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from tracker.server.places.opening import stores_right_in
from tracker.store.mlruns.layout import USUAL_NAME

DEEPEST = 6
"""Folders below the root."""
MOST_FOLDERS = 20_000
MOST_STORES = 100
LONGEST = 3.0
"""Seconds of one search."""
KEPT = 30.0
"""Seconds for which the result of a search is good."""
_NEVER = frozenset({"node_modules", "site-packages", "__pycache__", "venv", "env", USUAL_NAME})


class StoreFinder:
    """Looks for stores on a thread of its own, when somebody asks and the last look is old."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._guard = threading.Lock()
        self._found: tuple[str, ...] = ()
        self._looked: float | None = None
        self._is_looking = False

    def find(self) -> tuple[tuple[str, ...], bool]:
        """Return the URIs found so far, the nearest first, and whether a search goes on."""
        with self._guard:
            is_old = self._looked is None or time.monotonic() - self._looked > KEPT
            if is_old and not self._is_looking:
                self._is_looking = True
                threading.Thread(target=self._look, name="tracker-finder", daemon=True).start()
            return self._found, self._is_looking

    def _look(self) -> None:
        found: list[str] = []
        try:
            for uri in search(self._root):
                found.append(uri)
                if self._looked is None:  # a first search shows what it has
                    self._found = tuple(found)
        finally:
            with self._guard:
                self._found = tuple(found)
                self._looked = time.monotonic()
                self._is_looking = False


def search(root: Path, *, seconds: float = LONGEST) -> Iterator[str]:
    """Yield the URIs of stores in a folder and below, level by level, within the bounds above."""
    deadline = time.monotonic() + seconds
    waiting = deque([(Path(os.path.realpath(root)), 0)])
    stores = 0
    for _ in range(MOST_FOLDERS):
        if not waiting or time.monotonic() > deadline:
            return
        folder, depth = waiting.popleft()
        names = _folders_in(folder)
        if names is None:
            continue
        for uri, _name in stores_right_in(folder):
            yield uri
            stores += 1
            if stores == MOST_STORES:
                return
        if depth < DEEPEST:
            waiting.extend((folder / name, depth + 1) for name in names)


def _folders_in(folder: Path) -> list[str] | None:
    """Return the folders to look into; links and hidden ones are not. None for environments."""
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:
        return []
    if any(entry.name == "pyvenv.cfg" for entry in found):
        return None
    return sorted(
        entry.name
        for entry in found
        if not entry.name.startswith(".")
        and entry.name not in _NEVER
        and entry.is_dir(follow_symlinks=False)
    )
