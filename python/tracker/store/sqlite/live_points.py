"""Points of journals that are still written, read once and then followed."""

from __future__ import annotations

import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tracker.store.sqlite.journal import Series, SeriesPoints, read_journal

KEPT_POINTS = 4_000_000
"""Points (of 24 bytes) that are kept of all journals together between two readings."""
KEPT_SECONDS = 120
"""How long the points of a journal are kept that nobody reads any more."""


@dataclass(slots=True)
class _Followed:
    offset: int = 0
    definitions: Mapping[int, Series] | None = None
    points: dict[Series, SeriesPoints] = field(default_factory=dict)
    count: int = 0
    read_at: float = 0.0


class LivePoints:
    """What this process has read of live journals, so that a poll reads only what is new."""

    def __init__(self) -> None:
        self._followed: OrderedDict[str, _Followed] = OrderedDict()
        self._guard = threading.Lock()

    def read(self, path: Path, journal_id: str, key: str) -> dict[Series, SeriesPoints]:
        """Return copies of all points of a metric in a journal, by series in order of appearance.

        Raises FileNotFoundError, StoreError.
        """
        with self._guard:
            followed = self._followed.pop(journal_id, None) or _Followed()
            page = read_journal(path, followed.offset, followed.definitions)
            for series, new in page.points.items():
                known = followed.points.setdefault(series, SeriesPoints())
                known.steps.extend(new.steps)
                known.timestamps.extend(new.timestamps)
                known.values.extend(new.values)
            followed.offset, followed.definitions = page.next_offset, page.definitions
            followed.count += len(page)
            followed.read_at = time.monotonic()
            self._followed[journal_id] = followed
            self._drop_excess()
            return {
                series: SeriesPoints(
                    array("q", points.steps),
                    array("q", points.timestamps),
                    array("d", points.values),
                )
                for series, points in followed.points.items()
                if series.key == key
            }

    def forget(self, journal_id: str) -> None:
        """Let go of a journal that was packed."""
        with self._guard:
            self._followed.pop(journal_id, None)

    def _drop_excess(self) -> None:
        """Let go of journals, those read longest ago first, until the rest is recent and small."""
        too_old = time.monotonic() - KEPT_SECONDS
        count = sum(followed.count for followed in self._followed.values())
        for journal_id, followed in list(self._followed.items()):
            if count <= KEPT_POINTS and followed.read_at > too_old:
                break
            count -= followed.count
            del self._followed[journal_id]
