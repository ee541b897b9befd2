"""What happens beside the user's own work: summaries follow the points, heartbeats go out.

One daemon thread for each store, started with the first run of this process. With no run going and
no journal open it waits without waking up.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tracker.errors import TrackerError

FOLD_INTERVAL = 0.25
"""Seconds between two looks for new points."""
HEARTBEAT_INTERVAL = 10.0
"""Seconds between two signs of life."""

_log = logging.getLogger("tracker")


class Background:
    """Calls `fold` and `beat` at their intervals for as long as `beat` says that there is need."""

    def __init__(self, fold: Callable[[], None], beat: Callable[[], bool]) -> None:
        self._fold = fold
        self._beat = beat
        self._thread: threading.Thread | None = None
        self._needed = threading.Event()
        self._stopped = threading.Event()
        self._guard = threading.RLock()

    def wake(self) -> None:
        """Begin, or go on, because a run started or a journal was opened."""
        if self._needed.is_set():
            return
        with self._guard:
            self._needed.set()
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(
                    target=self._work, name="tracker-background", daemon=True
                )
                self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        self._needed.set()
        with self._guard:
            thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=10)

    def _work(self) -> None:
        next_beat = time.monotonic() + HEARTBEAT_INTERVAL
        while self._needed.wait() and not self._stopped.wait(FOLD_INTERVAL):
            with _undisturbed():
                self._fold()
            if time.monotonic() >= next_beat:
                next_beat = time.monotonic() + HEARTBEAT_INTERVAL
                self._beat_and_rest()

    def _beat_and_rest(self) -> None:
        """Beat; with nothing left to do, rest until somebody wakes us, even if just now."""
        self._needed.clear()
        is_needed = True
        with _undisturbed():
            is_needed = self._beat()
        if is_needed:
            self._needed.set()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Go on after trouble with the store: the next point or the run's end meets it and reports."""
    try:
        yield
    except (TrackerError, OSError) as error:
        _log.debug("tracker's background work failed: %s", error)
