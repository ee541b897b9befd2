"""Tells whoever listens what changes in a store: one watcher a store, and none while nobody does.

Lives on the event loop; whatever blocks runs on the backend's threads.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tracker.errors import TrackerError
from tracker.server.rows import greeting, read_again, shown_uri
from tracker.server.wire import encode

if TYPE_CHECKING:
    from tracker.server.backend import Backend
    from tracker.server.service import Service

POLL_SECONDS = 0.1
"""How often a store is asked whether it changed."""
REST_SECONDS = 0.2
"""Between two messages, so that a burst of changes travels as one."""
ABSENT_POLL_SECONDS = 0.5
"""How often one looks whether a store was made."""
CHECK_SECONDS = 3.0
"""How often running runs are checked for life, and whether folders still mean this store."""
FAILURE_SECONDS = 5.0
"""Before a store that could not be read is tried again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """A LiveMessage as text, and the revision it leads to."""

    revision: int
    text: str


class Listener(Protocol):
    """Someone who shows the store of a folder."""

    folder: str

    def deliver(self, notice: Notice) -> None:
        """Take the notice without blocking and without raising."""


class LiveHub:
    """All watchers of a server. Its methods are called on the event loop."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._watchers: dict[str, StoreWatcher] = {}

    def join(self, listener: Listener, uri: str, *, moved: bool = False) -> None:
        """Tell the listener from now on what changes there; one who moved must read again."""
        watcher = self._watchers.get(uri)
        if watcher is None:
            watcher = self._watchers[uri] = StoreWatcher(self, uri)
        watcher.add(listener, read_again=moved)

    def leave(self, listener: Listener) -> None:
        """Tell the listener nothing more."""
        for uri, watcher in list(self._watchers.items()):
            if watcher.remove(listener):
                del self._watchers[uri]

    def close(self) -> None:
        """Stop all watchers."""
        for watcher in self._watchers.values():
            watcher.stop()
        self._watchers.clear()


class StoreWatcher:
    """Follows one store from its first listener to its last."""

    def __init__(self, hub: LiveHub, uri: str) -> None:
        self._hub = hub
        self._run = hub.backend.run
        self._service = hub.backend.service
        self._uri = uri
        self._ungreeted: dict[Listener, bool] = {}
        self._listeners: set[Listener] = set()
        self._known = False
        self._revision: int | None = None
        self._next_check = 0.0
        self._complaint = ""
        self._task = asyncio.get_running_loop().create_task(self._follow())

    def add(self, listener: Listener, *, read_again: bool) -> None:
        """Greet the listener as soon as the store's revision is known."""
        self._ungreeted[listener] = read_again
        if self._known:
            self._greet()

    def remove(self, listener: Listener) -> bool:
        """Forget the listener; returns whether it was the last one, which ends the watcher."""
        if listener not in self._listeners and listener not in self._ungreeted:
            return False
        self._listeners.discard(listener)
        self._ungreeted.pop(listener, None)
        if self._listeners or self._ungreeted:
            return False
        self.stop()
        return True

    def stop(self) -> None:
        """End the watcher. Nothing needs ending once the event loop is gone."""
        if not self._task.get_loop().is_closed():
            self._task.cancel()

    async def _follow(self) -> None:
        while True:
            try:
                if not self._known:
                    await self._look_first()
                await asyncio.sleep(await self._look())
            # Whatever it was, the next look may succeed; the panel stays connected meanwhile.
            except Exception as error:
                self._complain(error)
                await asyncio.sleep(FAILURE_SECONDS)

    def _complain(self, error: Exception) -> None:
        """Log what went wrong, once; the traceback only where it is not what a store tells."""
        if str(error) != self._complaint:
            self._complaint = str(error)
            trace = None if isinstance(error, TrackerError) else error
            log.warning("Cannot follow %s: %s", shown_uri(self._uri), error, exc_info=trace)

    async def _look_first(self) -> None:
        self._revision = await self._run(lambda: self._service.revision(self._uri))
        self._known = True
        self._greet()

    def _greet(self) -> None:
        revision = self._revision or 0
        for listener, must_read_again in self._ungreeted.items():
            message = read_again(revision) if must_read_again else greeting(revision)
            listener.deliver(Notice(revision, encode(message)))
        self._listeners.update(self._ungreeted)
        self._ungreeted.clear()

    async def _look(self) -> float:
        """Tell what changed, if anything did; return the seconds to wait until the next look."""
        await self._check_now_and_then()
        seen = self._revision
        self._revision, notice = await self._run(lambda: self._changes(seen))
        if notice is None:
            return ABSENT_POLL_SECONDS if seen is None else POLL_SECONDS
        for listener in list(self._listeners):
            listener.deliver(notice)
        return REST_SECONDS

    def _changes(self, since: int | None) -> tuple[int | None, Notice | None]:
        revision, message = self._service.changes(self._uri, since)
        if message is None:
            return revision, None
        return revision, Notice(message["revision"], encode(message))

    async def _check_now_and_then(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._next_check:
            return
        self._next_check = now + CHECK_SECONDS
        await self._run(lambda: self._service.notice_dead_runs(self._uri))
        folders = {listener.folder for listener in self._listeners}
        moved = await self._run(lambda: _moved(self._service, self._uri, folders))
        for listener in [one for one in self._listeners if one.folder in moved]:
            self._hub.leave(listener)
            self._hub.join(listener, moved[listener.folder], moved=True)


def _moved(service: Service, uri: str, folders: set[str]) -> dict[str, str]:
    """Return the store's URI of each folder that has come to mean another store."""
    found: dict[str, str] = {}
    for folder in folders:
        try:
            found[folder] = service.store_uri(folder)
        except TrackerError:
            found[folder] = uri
    return {folder: there for folder, there in found.items() if there != uri}
