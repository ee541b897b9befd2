"""The routes: each checks who asks, hands the question to the service and writes the answer."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from tracker.errors import TrackerError
from tracker.server.cell_handlers import CELL_ROUTES
from tracker.server.encoding import encode
from tracker.server.files.handlers import FILE_ROUTES
from tracker.server.importance_handlers import IMPORTANCE_ROUTES
from tracker.server.live import Notice
from tracker.server.places.handlers import STORE_ROUTES
from tracker.server.route import RUN, DataRoute, Route, reading
from tracker.server.rows import read_again
from tracker.server.work.handlers import LINK_ROUTES


class ExperimentsHandler(DataRoute):
    """GET experiments."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Write an ExperimentsAnswer."""
        await self.reply(self.backend.service.experiments, self.argument("folder"))


class SearchHandler(DataRoute):
    """POST runs/search."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write a SearchAnswer."""
        await self.reply(self.backend.service.search_runs, self.json_body())


class GroupsHandler(DataRoute):
    """POST runs/groups."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write a GroupsAnswer."""
        await self.reply(self.backend.service.groups, self.json_body())


class EditHandler(DataRoute):
    """POST runs/edit."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Write an EditAnswer."""
        await self.reply(self.backend.service.edit_runs, self.json_body())


class RunHandler(DataRoute):
    """GET runs/<run_id>."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Write a RunDetail."""
        await self.reply(self.backend.service.run_detail, self.argument("folder"), run_id)


class HistoryHandler(DataRoute):
    """POST metrics/history."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write a HistoryAnswer."""
        await self.reply(self.backend.service.history, self.json_body())


class CompareHandler(DataRoute):
    """POST runs/compare."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write a CompareAnswer."""
        await self.reply(self.backend.service.compare, self.json_body())


class LiveHandler(WebSocketMixin, WebSocketHandler, Route):
    """WS live: tells what changes in the folder's store, and listens to nothing."""

    folder: str
    _uri: str
    _sending: asyncio.Task[None] | None = None
    _missed: Notice | None = None

    @ws_authenticated
    @authorized
    async def get(self) -> None:
        """Open the socket, or refuse a folder that leads astray."""
        self.folder = self.argument("folder")
        try:
            self._uri = await self.backend.run(lambda: self.backend.service.store_uri(self.folder))
        except TrackerError as error:
            raise web.HTTPError(400, error.message) from error
        await super().get()

    def open(self) -> None:
        """Listen from now on."""
        super().open()
        self.backend.hub.join(self, self._uri)

    def deliver(self, notice: Notice) -> None:
        """Send the notice; a client that is slower than the store is told to read again instead."""
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send(notice.text))
        else:
            self._missed = notice

    async def _send(self, text: str) -> None:
        with suppress(WebSocketClosedError):
            await self.write_message(text)
            while self._missed is not None:
                text = encode(read_again(self._missed.revision))
                self._missed = None
                await self.write_message(text)

    def on_message(self, message: str | bytes) -> None:
        """Ignore what clients say."""

    def on_close(self) -> None:
        """Listen no more."""
        self.backend.hub.leave(self)


ROUTES: list[tuple[str, type[Route]]] = [
    (r"experiments", ExperimentsHandler),
    (r"runs/search", SearchHandler),
    (r"runs/groups", GroupsHandler),
    (r"runs/edit", EditHandler),
    (r"runs/compare", CompareHandler),
    *IMPORTANCE_ROUTES,
    (RUN, RunHandler),
    *FILE_ROUTES,
    (r"metrics/history", HistoryHandler),
    *CELL_ROUTES,
    *LINK_ROUTES,
    (r"live", LiveHandler),
    *STORE_ROUTES,
]


def handlers(base_url: str) -> list[tuple[str, type[Route]]]:
    """Return the routes as tornado takes them."""
    return [
        (url_path_join(re.escape(base_url), "tracker/api", pattern), handler)
        for pattern, handler in ROUTES
    ]
