"""The routes: each checks who asks, hands the question to the service and writes the answer."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from tracker.errors import TrackerError
from tracker.server.cell_handlers import CELL_ROUTES
from tracker.server.live import Notice
from tracker.server.route import DataRoute, Route, reading
from tracker.server.rows import read_again
from tracker.server.store_handlers import STORE_ROUTES
from tracker.server.wire import encode

if TYPE_CHECKING:
    from tracker.server.service import OpenArtifact


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


class ArtifactsHandler(DataRoute):
    """GET runs/<run_id>/artifacts."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Write an ArtifactsAnswer."""
        folder, path = self.argument("folder"), self.argument("path")
        await self.reply(self.backend.service.artifacts, folder, run_id, path)


class ArtifactHandler(DataRoute):
    """GET runs/<run_id>/artifact."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Write the bytes of a file, to be saved and not to be shown as a page."""
        # Another site may name this URL in an <img> or <script>; it gets nothing.
        self.check_xsrf_cookie()
        folder, path = self.argument("folder"), self.argument("path")
        try:
            artifact = await self.backend.run(
                lambda: self.backend.service.open_artifact(folder, run_id, path)
            )
        except TrackerError as error:
            await self.refuse(error)
            return
        # Whoever asked may leave before the end; nobody is there to be told then.
        with artifact.file, suppress(StreamClosedError):
            await self._send(artifact)

    async def _send(self, artifact: OpenArtifact) -> None:
        self.set_attachment_header(artifact.name)
        self.set_header("Content-Type", artifact.media_type)
        self.set_header("Content-Length", artifact.size)
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        left = artifact.size
        # A file that grows meanwhile is sent as long as it was said to be.
        while left and (chunk := await self.backend.run(partial(artifact.read, left))):
            left -= len(chunk)
            self.write(chunk)
            await self.flush()
        await self.finish(set_content_type=artifact.media_type)


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


RUN = r"runs/([A-Za-z0-9][\w-]{0,255})"

ROUTES: list[tuple[str, type[Route]]] = [
    (r"experiments", ExperimentsHandler),
    (r"runs/search", SearchHandler),
    (r"runs/edit", EditHandler),
    (r"runs/compare", CompareHandler),
    (RUN, RunHandler),
    (rf"{RUN}/artifacts", ArtifactsHandler),
    (rf"{RUN}/artifact", ArtifactHandler),
    (r"metrics/history", HistoryHandler),
    *CELL_ROUTES,
    (r"live", LiveHandler),
    *STORE_ROUTES,
]


def handlers(base_url: str) -> list[tuple[str, type[Route]]]:
    """Return the routes as tornado takes them."""
    return [
        (url_path_join(re.escape(base_url), "tracker/api", pattern), handler)
        for pattern, handler in ROUTES
    ]
