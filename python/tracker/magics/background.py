"""Work that a cell need not wait for, done in order by one thread."""

from __future__ import annotations

import atexit
import heapq
import threading
import time
from collections.abc import Callable

from tracker.tracking import active

Job = Callable[[], None]
_AT_EXIT_SECONDS = 4.0
"""How long a kernel that shuts down waits for what is left: less than Jupyter waits for it."""
_READING_SECONDS = 10.0
"""How long somebody who reads runs back waits for what is left."""


class Background:
    """A thread that is started when there is something to do for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._jobs: list[tuple[float, int, Job]] = []
        self._count = 0
        self._unfinished = 0
        self._waiting = 0
        self._thread: threading.Thread | None = None

    def submit(self, job: Job, *, after: float = 0.0) -> None:
        """Do this when everything submitted before is done. What it raises is lost.

        With `after` only in so many seconds, or as soon as somebody waits for the end.
        """
        with self._changed:
            due = time.monotonic() + after if after else 0.0
            heapq.heappush(self._jobs, (due, self._count, job))
            self._count += 1
            self._unfinished += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tracker", daemon=True)
                self._thread.start()
                atexit.register(self.wait, _AT_EXIT_SECONDS)
                active.add_settler(lambda: self.wait(_READING_SECONDS))
            self._changed.notify_all()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until nothing is left to do; return whether that is so."""
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
            try:
                return self._changed.wait_for(lambda: self._unfinished == 0, seconds)
            finally:
                self._waiting -= 1

    def _work(self) -> None:
        while True:
            job = self._next()
            try:
                job()
            except Exception:  # nobody is there to hear of it
                pass
            finally:
                del job  # what it holds on to may be large
                with self._changed:
                    self._unfinished -= 1
                    self._changed.notify_all()

    def _next(self) -> Job:
        with self._changed:
            while True:
                pause = self._jobs[0][0] - time.monotonic() if self._jobs else None
                if pause is not None and (pause <= 0 or self._waiting):
                    return heapq.heappop(self._jobs)[2]
                self._changed.wait(pause)


background = Background()
"""The one of this process."""
