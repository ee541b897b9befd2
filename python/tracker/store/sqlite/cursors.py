"""Cursors: how much of a metric a reader has seen, as one number.

The points of a metric are ordered by journal (as they were registered), then by series, then as
logged; packing changes nothing of that. While only the last journal of that order can grow, what
was seen is a prefix, and its length is the cursor: it is valid in any process, for ever. Where
several processes log one metric at once there is no such prefix. Then the cursor is a number above
MARK under which this process remembers how much of each part was seen; another process, or this one
much later, does not know it and sends the whole metric again.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import TypeAlias

from tracker.store.sqlite.journal import Series

Part: TypeAlias = tuple[str, Series]
"""A journal's id and a series in it."""

MARK = 1 << 51
"""Cursors from here on are remembered ones; all stay below 2**53, which JSON's readers need."""
REMEMBERED = 10_000


class Cursors:
    """The remembered cursors of this process, the oldest forgotten first."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, tuple[int, str, Mapping[Part, int]]] = OrderedDict()
        self._guard = threading.Lock()
        self._next = MARK + int.from_bytes(os.urandom(6))

    def remember(self, run: int, key: str, counts: Mapping[Part, int]) -> int:
        """Return a cursor that stands for these many points of each part."""
        with self._guard:
            self._next += 1
            self._seen[self._next] = (run, key, counts)
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
            return self._next

    def recall(self, cursor: int, run: int, key: str) -> Mapping[Part, int] | None:
        """Return how many points of each part were seen, None where that is not known."""
        with self._guard:
            known_run, known_key, counts = self._seen.get(cursor, (None, None, {}))
            return counts if (known_run, known_key) == (run, key) else None
