"""The routes of the store switcher."""

from __future__ import annotations

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from tornado import web

from tracker.server.handlers.route import DataRoute, Route


class StoresRoute(DataRoute):
    """What the routes of the switcher share."""

    async def beyond(self) -> bool:
        """Whether whoever asks may open stores beyond the server's root.

        Where its owner does not say, that is for those who may use a terminal: whatever this server
        could read for them, they can read themselves.
        """
        if self.backend.open_beyond_root is not None:
            return self.backend.open_beyond_root
        may_use_terminals = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "execute", "terminals")
        )
        return bool(may_use_terminals) and self.backend.beyond


class StoresHandler(StoresRoute):
    """GET stores."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Write a StoresAnswer."""
        stores = self.backend.service.places.switching.stores
        await self.reply(stores, self.argument("folder"), beyond=await self.beyond())


class OpenStoreHandler(StoresRoute):
    """POST stores/open."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Write an OpenStoreAnswer."""
        open_store = self.backend.service.places.switching.open
        await self.reply(open_store, self.json_body(), beyond=await self.beyond())


class ForgetStoreHandler(StoresRoute):
    """POST stores/forget."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Write a ForgetStoreAnswer."""
        await self.reply(self.backend.service.places.switching.forget, self.json_body())


STORE_ROUTES: list[tuple[str, type[Route]]] = [
    (r"stores", StoresHandler),
    (r"stores/open", OpenStoreHandler),
    (r"stores/forget", ForgetStoreHandler),
]
