"""The routes: each checks who asks, hands the question to the service and writes the answer."""

from __future__ import annotations

import re

from jupyter_server.utils import url_path_join

from tracker.server.handlers.cells import CELL_ROUTES
from tracker.server.handlers.files import FILE_ROUTES
from tracker.server.handlers.links import LINK_ROUTES
from tracker.server.handlers.live import LIVE_ROUTES
from tracker.server.handlers.route import Route
from tracker.server.handlers.runs import RUN_ROUTES
from tracker.server.handlers.stores import STORE_ROUTES

ROUTES: list[tuple[str, type[Route]]] = [
    *RUN_ROUTES,
    *FILE_ROUTES,
    *CELL_ROUTES,
    *LINK_ROUTES,
    *LIVE_ROUTES,
    *STORE_ROUTES,
]


def handlers(base_url: str) -> list[tuple[str, type[Route]]]:
    """Return the routes as tornado takes them."""
    return [
        (url_path_join(re.escape(base_url), "tracker/api", pattern), handler)
        for pattern, handler in ROUTES
    ]
