"""One thread that keeps fresh what cells show, calmly."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

_COST_SHARE = 20
"""A refresh may take one part in this many of the time between two."""
_AGE_SHARE = 60
"""The longer a cell runs, the calmer its card: the pause is one part in this many of its age."""
_SLOWEST = 10.0
"""Seconds between two refreshes at most."""


@dataclass(eq=False, slots=True)
class Refresh:
    """Something to be done again and again, at least `interval` seconds apart."""

    action: Callable[[], None]
    interval: float
    began: float = field(default_factory=time.monotonic)
    due: float = 0.0
    last_cost: float = 0.0

    def plan(self, cost: float) -> None:
        """Choose when to do it next, after doing it took `cost` seconds."""
        now = time.monotonic()
        # The lesser of two: what is slow once, such as an import, shall not slow the rest.
        steady = min(cost, self.last_cost)
        pause = max(steady * _COST_SHARE, (now - self.began) / _AGE_SHARE)
        self.due = now + max(self.interval, min(pause, _SLOWEST))
        self.last_cost = cost


class Refresher:
    """Does every `Refresh` when it is due. Its thread lives from the first one on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._active: set[Refresh] = set()
        self._thread: threading.Thread | None = None

    def add(self, refresh: Refresh) -> None:
        """Begin to do this, for the first time after its interval."""
        refresh.due = time.monotonic() + refresh.interval
        with self._changed:
            self._active.add(refresh)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="tracker-cards", daemon=True
                )
                self._thread.start()
            self._changed.notify()

    def remove(self, refresh: Refresh) -> None:
        """Do this no longer, though it may be being done right now."""
        with self._changed:
            self._active.discard(refresh)

    def _work(self) -> None:
        while True:
            self._do(self._next())

    def _do(self, refresh: Refresh) -> None:
        began = time.monotonic()
        with suppress(Exception):  # the last card tells what is wrong, if it still is
            refresh.action()
        refresh.plan(time.monotonic() - began)

    def _next(self) -> Refresh:
        """Wait for the refresh that is due first."""
        with self._changed:
            while True:
                # What is collected meanwhile may take itself out, in this very thread.
                first = min(list(self._active), key=lambda refresh: refresh.due, default=None)
                pause = None if first is None else first.due - time.monotonic()
                if first is not None and pause is not None and pause <= 0:
                    return first
                self._changed.wait(pause)


refresher = Refresher()
"""The one of this process."""
