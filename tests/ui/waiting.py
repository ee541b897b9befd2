"""Wait for what the page itself does not show: in a store, in a file, on the network."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page

PATIENCE_SECONDS = 60


def until(happened: Callable[[], object], what: str, page: Page | None = None) -> None:
    """Return once `happened` answers something true; fail where it does not within a minute.

    Events of the page are heard meanwhile where it is given.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen"
        if page:
            page.wait_for_timeout(100)
        else:
            time.sleep(0.1)
