"""The part of the extension that lives as long as the server: threads and watchers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tracker.server.live import LiveHub
from tracker.server.service import Service

THREADS = 4

T = TypeVar("T")


class Backend:
    """Runs the service's blocking work off the event loop."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.hub = LiveHub(service, self.run)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tracker-server")

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, called on one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Stop watching and finish what runs."""
        self.hub.close()
        self._threads.shutdown()
