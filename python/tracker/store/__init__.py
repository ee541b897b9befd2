"""Where runs are kept: the `Store` protocol, and `open_store` which chooses one by its URI."""

from __future__ import annotations

from tracker.store.base import Store
from tracker.store.opening import open_store

__all__ = ["Store", "open_store"]
