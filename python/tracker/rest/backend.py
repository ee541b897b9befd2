"""What all handlers share: which store is asked, who may ask, and threads for work that blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tracker.rest.guard import Guard

if TYPE_CHECKING:
    from tracker.rest.service import Service

THREADS = 4
UPLOADS = 16
"""Files that may arrive at once; each has a thread, since its client may be slow."""
PROTOCOL_VERSION = "3.5.0"
"""Answered at /version: the MLflow whose clients' questions are all understood."""

T = TypeVar("T")


@dataclass
class Backend:
    """`find_service` returns the service of the store of a folder; it is called on a thread.

    A server of one store knows no folders and is asked for "".
    """

    find_service: Callable[[str], Service]
    guard: Guard = field(default_factory=Guard)
    version: str = PROTOCOL_VERSION
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="tracker-rest")
    )
    uploads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(UPLOADS, thread_name_prefix="tracker-upload")
    )

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, called on one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Finish what runs."""
        self._threads.shutdown()
        self.uploads.shutdown(cancel_futures=True)
