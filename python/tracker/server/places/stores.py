"""Which store MLflow's clients reach through Jupyter Server: the one that the panel shows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from tracker.errors import InvalidValue

if TYPE_CHECKING:
    from tracker.rest.service import Service
    from tracker.store.base import Store


class Services:
    """The service of each folder's store, made when it is first asked. Any thread may ask."""

    def __init__(self, store_uri: Callable[[str], str]) -> None:
        """`store_uri` returns the URI of a folder's store, as the panel has it."""
        self._store_uri = store_uri
        self._guard = threading.Lock()
        self._known: dict[str, tuple[Store, Service]] = {}

    def find(self, folder: str) -> Service:
        """Return the service of the folder's store. Raises InvalidValue, StoreError."""
        from tracker.rest.service import Service, check_is_no_server
        from tracker.server.places.opened import is_name
        from tracker.store import open_store

        if is_name(folder):
            raise InvalidValue("A URL for MLflow's clients names a folder, not an opened store.")
        uri = self._store_uri(folder)
        check_is_no_server(uri)
        with self._guard:
            store = open_store(uri)
            known = self._known.get(uri)
            if known is None or known[0] is not store:
                self._known[uri] = known = (store, Service(store))
        return known[1]
