"""The part of the extension that lives as long as the server: threads and watchers."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tracker.rest.backend import Backend as ProtocolBackend
from tracker.server.live import LiveHub
from tracker.server.places.stores import Services

if TYPE_CHECKING:
    from tracker.server.service import Service
    from tracker.server.work.jobs import Jobs

THREADS = 4

T = TypeVar("T")


class Backend:
    """Runs the service's blocking work off the event loop.

    What it needs for that is loaded when the first question is asked, not when the server starts.
    """

    def __init__(
        self,
        root: Path,
        *,
        allow_hidden: bool = False,
        home: str | None = None,
        open_beyond_root: bool | None = None,
        has_terminals: Callable[[], bool] = lambda: False,
    ) -> None:
        """`home` is the store of the root itself where its owner names one, `open_beyond_root` what
        the owner says, see `TrackerServer`."""
        self.open_beyond_root = open_beyond_root
        self._has_terminals = has_terminals
        self._home = home
        self._root = root
        self._allow_hidden = allow_hidden
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tracker-server")
        self.hub = LiveHub(lambda: self.service)
        services = Services(lambda folder: self.service.places.store_uri(folder))
        self.protocol = ProtocolBackend(services.find)

    @cached_property
    def service(self) -> Service:
        """What the panel asks is answered here."""
        from tracker.server.places.reading import Places
        from tracker.server.service import Service

        # What is registered last is called first: watchers stop before the stores they read close.
        atexit.register(self.hub.close)
        places = Places(
            self._root,
            allow_hidden=self._allow_hidden,
            home=self._home,
            beyond=lambda: self.beyond,
        )
        return Service(places)

    @cached_property
    def jobs(self) -> Jobs:
        """The processes that work for runs. They go on when the server ends."""
        from tracker.server.work.jobs import Jobs

        return Jobs()

    @property
    def beyond(self) -> bool:
        """Whether stores outside of the root, and servers, may be used at all."""
        if self.open_beyond_root is not None:
            return self.open_beyond_root
        return self._has_terminals()

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, called on one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Stop watching and finish what runs."""
        self.hub.close()
        self._threads.shutdown()
        self.protocol.close()
