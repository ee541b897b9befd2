"""Tells whoever listens what changes in a store: one watcher a store, and none while nobody does.

Listeners live on the event loop. Each watcher looks at its store from a thread of its own, so the
loop is not even woken while nothing changes.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, Protocol

from tracker.errors import TrackerError
from tracker.server.encoding import encode
from tracker.server.rows import greeting, read_again, shown_uri

if TYPE_CHECKING:
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
CLOSE_SECONDS = 2.0
"""How long the end of the server waits for a watcher that is looking."""

P = ParamSpec("P")

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
    """All watchers of a server. Its methods are called on the event loop.

    The service is asked for when there is something to watch, not when the server starts.
    """

    def __init__(self, service: Callable[[], Service]) -> None:
        self._service = service
        self._watchers: dict[str, StoreWatcher] = {}

    def join(self, listener: Listener, uri: str, *, moved: bool = False) -> None:
        """Tell the listener from now on what changes there; one who moved must read again."""
        watcher = self._watchers.get(uri)
        if watcher is None:
            watcher = self._watchers[uri] = StoreWatcher(self, self._service(), uri)
        watcher.add(listener, must_read_again=moved)

    def leave(self, listener: Listener) -> None:
        """Tell the listener nothing more."""
        for uri, watcher in list(self._watchers.items()):
            if watcher.remove(listener):
                watcher.stop()
                del self._watchers[uri]

    def close(self) -> None:
        """Stop all watchers and wait for them."""
        watchers = list(self._watchers.values())
        self._watchers.clear()
        for watcher in watchers:
            watcher.stop()
        for watcher in watchers:
            watcher.wait(CLOSE_SECONDS)


class StoreWatcher:
    """Follows one store from its first listener to its last."""

    def __init__(self, hub: LiveHub, service: Service, uri: str) -> None:
        self._hub = hub
        self._service = service
        self._uri = uri
        self._loop = asyncio.get_running_loop()
        self._ungreeted: dict[Listener, bool] = {}
        self._listeners: set[Listener] = set()
        self._told: int | None = None
        self._seen: int | None = None
        self._next_check = 0.0
        self._complaint = ""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="tracker-watcher", daemon=True)
        self._thread.start()

    # -- on the event loop ------------------------------------------------------------------

    def add(self, listener: Listener, *, must_read_again: bool) -> None:
        """Greet the listener as soon as the store's revision is known."""
        self._ungreeted[listener] = must_read_again
        if self._told is not None:
            self._greet(self._told)

    def remove(self, listener: Listener) -> bool:
        """Forget the listener; return whether it was the last one here."""
        if listener not in self._listeners and listener not in self._ungreeted:
            return False
        self._listeners.discard(listener)
        self._ungreeted.pop(listener, None)
        return not self._listeners and not self._ungreeted

    def stop(self) -> None:
        """Let the look that is going on be the last."""
        self._stopped.set()

    def wait(self, seconds: float) -> None:
        """Wait until the watcher has stopped, but no longer than that."""
        self._thread.join(seconds)

    def _greet(self, revision: int) -> None:
        self._told = revision
        for listener, must_read_again in self._ungreeted.items():
            message = read_again(revision) if must_read_again else greeting(revision)
            listener.deliver(Notice(revision, encode(message)))
        self._listeners.update(self._ungreeted)
        self._ungreeted.clear()

    def _tell(self, notice: Notice) -> None:
        self._told = notice.revision
        for listener in list(self._listeners):
            listener.deliver(notice)

    def _move(self, moved: dict[str, str]) -> None:
        for listener in [one for one in self._listeners if one.folder in moved]:
            self._hub.leave(listener)
            self._hub.join(listener, moved[listener.folder], moved=True)

    # -- on the watcher's thread ------------------------------------------------------------

    def _follow(self) -> None:
        greeted = False
        seconds = 0.0
        while not self._stopped.wait(seconds):
            try:
                if not greeted:
                    self._seen = self._service.revision(self._uri)
                    self._on_loop(self._greet, self._seen or 0)
                    greeted = True
                self._check_now_and_then()
                seconds = self._look()
            # Whatever it was, the next look may succeed; the panel stays connected meanwhile.
            except Exception as error:
                self._complain(error)
                seconds = FAILURE_SECONDS

    def _look(self) -> float:
        """Tell what changed, if anything did; return the seconds to wait until the next look."""
        self._seen, message = self._service.changes(self._uri, self._seen)
        if message is None:
            return ABSENT_POLL_SECONDS if self._seen is None else POLL_SECONDS
        self._on_loop(self._tell, Notice(message["revision"], encode(message)))
        return REST_SECONDS

    def _check_now_and_then(self) -> None:
        if time.monotonic() < self._next_check:
            return
        self._next_check = time.monotonic() + CHECK_SECONDS
        self._service.notice_dead_runs(self._uri)
        moved = self._moved({listener.folder for listener in tuple(self._listeners)})
        if moved:
            self._on_loop(self._move, moved)

    def _moved(self, folders: set[str]) -> dict[str, str]:
        """Return the store's URI of each folder that has come to mean another store."""
        found: dict[str, str] = {}
        for folder in folders:
            try:
                found[folder] = self._service.places.store_uri(folder)
            except TrackerError:
                found[folder] = self._uri
        return {folder: uri for folder, uri in found.items() if uri != self._uri}

    def _on_loop(self, work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            self._loop.call_soon_threadsafe(lambda: work(*args, **kwargs))
        except RuntimeError:  # the server has ended, and its event loop with it
            self._stopped.set()

    def _complain(self, error: Exception) -> None:
        """Log what went wrong, once; the traceback only where it is not what a store tells."""
        if str(error) != self._complaint:
            self._complaint = str(error)
            trace = None if isinstance(error, TrackerError) else error
            log.warning("Cannot follow %s: %s", shown_uri(self._uri), error, exc_info=trace)
