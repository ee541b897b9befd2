"""The socket that tells what changes in a store."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from tracker.errors import TrackerError
from tracker.server.encoding import encode
from tracker.server.handlers.route import Route
from tracker.server.live import Notice
from tracker.server.rows import read_again


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
            self._uri = await self.backend.run(
                lambda: self.backend.service.places.store_uri(self.folder)
            )
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


LIVE_ROUTES: list[tuple[str, type[Route]]] = [(r"live", LiveHandler)]
