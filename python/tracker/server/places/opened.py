"""The stores that were opened by hand, remembered for this user, and the names they go by.

On the wire such a store is called `store:` and a digest of its URI, in the place of a folder. The
name alone opens nothing: it means only what somebody opened, here or in another Jupyter server of
the same user. Credentials are never kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from tracker.errors import NotFound

FILE = "opened-stores.json"
REMEMBERED = 100
"""Stores whose names go on meaning them."""
RECENT = 12
"""Stores that are offered again."""
_LARGEST = 1_000_000
_NAME = re.compile(r"store:[0-9a-f]{24}")


def is_name(folder: str) -> bool:
    """Whether what stands in the place of a folder is the name of an opened store."""
    return _NAME.fullmatch(folder) is not None


def name_of(uri: str) -> str:
    """Return the name of the store with this URI, the same in every process."""
    return f"store:{hashlib.sha256(uri.encode(errors='surrogatepass')).hexdigest()[:24]}"


def record_file() -> Path:
    """Return the file in which opened stores are remembered, in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("jupyterlab-tracker", appauthor=False) / FILE


class OpenedStores:
    """What was opened, the latest first. Any thread may ask.

    `may_use` says whether a store may be used by this server: another one, with other rules, may
    have opened it.
    """

    def __init__(self, may_use: Callable[[str], bool]) -> None:
        self._may_use = may_use
        self._guard = threading.Lock()
        self._offered: dict[str, str] = {}

    def offer(self, uri: str) -> str:
        """Return the name of a store that the owner of the server gives, whatever its place."""
        with self._guard:
            self._offered[name_of(uri)] = uri
        return name_of(uri)

    def add(self, uri: str) -> str:
        """Remember a store as the latest one opened, and return its name."""
        with self._guard:
            self._offered.setdefault(name_of(uri), uri)
            self._keep([uri, *(it for it in _remembered() if it != uri)])
        return name_of(uri)

    def forget(self, name: str) -> None:
        """Offer the store no more; its name means nothing from now on."""
        with self._guard:
            self._offered.pop(name, None)
            self._keep([it for it in _remembered() if name_of(it) != name])

    def recent(self) -> list[str]:
        """Return the URIs of stores to offer again, the latest first."""
        return [uri for uri in _remembered() if self._may_use(uri)][:RECENT]

    def uri_of(self, name: str) -> str:
        """Return the URI of the store that goes by this name. Raises NotFound."""
        uri = self._offered.get(name)
        if uri is not None:
            return uri
        uri = next((it for it in _remembered() if name_of(it) == name), None)
        if uri is None or not self._may_use(uri):
            raise NotFound(
                "That store is not known to this server any more. Choose a store again, or open it "
                "by its path."
            )
        return uri

    def _keep(self, uris: list[str]) -> None:
        """Write what is remembered, whole or not at all; it is no loss where it cannot be."""
        file = record_file()
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=FILE)
            with os.fdopen(descriptor, "w", encoding="utf-8") as writing:
                json.dump({"stores": uris[:REMEMBERED]}, writing)
            Path(temporary).replace(file)
        except OSError:
            return


def _remembered() -> list[str]:
    """Return the URIs that are remembered; none where somebody else may have written them."""
    try:
        with record_file().open("rb") as file:
            if not _is_private(os.fstat(file.fileno())):
                return []
            kept = json.loads(file.read(_LARGEST))["stores"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return []
    return [uri for uri in kept if isinstance(uri, str)] if isinstance(kept, list) else []


def _is_private(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
