"""Work that a cell need not wait for, done in order by one thread."""

from __future__ import annotations

import atexit
import queue
import threading
from collections.abc import Callable

Job = Callable[[], None]
_AT_EXIT_SECONDS = 4.0
"""How long a kernel that shuts down waits for what is left: less than Jupyter waits for it."""


class Background:
    """A thread that is started when there is something to do for it."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._unfinished = 0
        self._all_done = threading.Condition(self._lock)

    def submit(self, job: Job) -> None:
        """Do this when everything submitted before is done. What it raises is lost."""
        with self._lock:
            self._unfinished += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tracker", daemon=True)
                self._thread.start()
                atexit.register(self.wait, _AT_EXIT_SECONDS)
        self._jobs.put(job)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until nothing is left to do; return whether that is so."""
        with self._all_done:
            return self._all_done.wait_for(lambda: self._unfinished == 0, seconds)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                job()
            except Exception:  # nobody is there to hear of it
                pass
            finally:
                with self._all_done:
                    self._unfinished -= 1
                    self._all_done.notify_all()


background = Background()
"""The one of this process."""
