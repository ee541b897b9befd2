"""What the store switcher asks for: which stores there are, and opening another one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

from tracker.errors import StoreError
from tracker.remote.address import is_remote, parse, without_secrets
from tracker.server.fields import as_object, text
from tracker.server.places.describing import choice_row
from tracker.server.places.found import StoreFinder
from tracker.server.places.opened import OpenedStores, name_of
from tracker.server.places.opening import Place, may_use, store_at
from tracker.server.wire import (
    ForgetStoreAnswer,
    OpenStoreAnswer,
    StoresAnswer,
)
from tracker.store import open_store

PATIENCE = 10.0
"""Seconds in which a store that is opened must answer."""


class Switching:
    """Finds, opens and forgets stores. Every method blocks, any thread may call it."""

    def __init__(
        self, root: Path, opened: OpenedStores, store_uri: Callable[[str], str], *, hidden: bool
    ) -> None:
        self._root = root
        self._opened = opened
        self._store_uri = store_uri
        self._allow_hidden = hidden
        self._finder = StoreFinder(root)

    def stores(self, folder: str, *, beyond: bool) -> StoresAnswer:
        """Return what there is to choose from, for a panel that shows this folder."""
        found, searching = self._finder.find()
        here = self._store_uri(folder)
        return {
            "here": choice_row(here, folder, self._root),
            "found": [choice_row(uri, name_of(uri), self._root) for uri in found],
            "recent": [
                choice_row(uri, name_of(uri), self._root)
                for uri in self._opened.recent()
                if may_use(uri, self._place(beyond))
            ],
            "searching": searching,
            "beyond": beyond,
        }

    def open(self, body: object, *, beyond: bool) -> OpenStoreAnswer:
        """Answer an OpenStoreRequest. Raises InvalidValue, NotFound, StoreError."""
        uri = store_at(text(as_object(body, "The request"), "location"), self._place(beyond))
        _check(uri)
        if is_remote(uri):
            uri = parse(uri)[0].uri
        name = self._opened.add(uri)
        return {"store": choice_row(uri, name, self._root)}

    def forget(self, body: object) -> ForgetStoreAnswer:
        """Answer a ForgetStoreRequest. Raises InvalidValue."""
        self._opened.forget(text(as_object(body, "The request"), "folder"))
        recent = self._opened.recent()
        return {"recent": [choice_row(uri, name_of(uri), self._root) for uri in recent]}

    def _place(self, beyond: bool) -> Place:
        return Place(self._root, beyond, self._allow_hidden)


def _check(uri: str) -> None:
    """Read something of a store that is opened. Raises NotFound, StoreError."""
    if not is_remote(uri):
        open_store(uri, create=False).search_experiments(max_results=1)
        return
    result: Queue[Exception | None] = Queue()
    Thread(target=_ask, args=(uri, result), name="tracker-opening", daemon=True).start()
    try:
        error = result.get(timeout=PATIENCE)
    except Empty:
        raise StoreError(
            f"The tracking server {without_secrets(uri)} did not answer within {PATIENCE:g} s. "
            "Look whether the address is right, and whether this machine can reach it."
        ) from None
    if error is not None:
        raise error


def _ask(uri: str, result: Queue[Exception | None]) -> None:
    try:
        open_store(uri, create=False).search_experiments(max_results=1)
    except Exception as error:  # told to whoever waits, on their thread
        result.put(error)
    else:
        result.put(None)
