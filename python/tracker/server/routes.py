"""The routes of the extension, made when the first of them is asked for.

Everybody who starts Jupyter Server waits for what is loaded then; most never ask.
"""

from __future__ import annotations

from functools import cached_property
from inspect import isclass
from typing import TYPE_CHECKING, Any

from tornado.routing import Rule, RuleRouter
from tornado.web import RequestHandler

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp
    from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest

    from tracker.server.backend import Backend


class Routes(RuleRouter):
    """Stands for all routes below `tracker/`."""

    SUPPORTED_METHODS = ()
    """Jupyter Server looks here for methods that ask nobody who they are; this has none at all."""

    def __init__(self, app: ServerApp) -> None:
        super().__init__()
        self._app = app

    @cached_property
    def backend(self) -> Backend:
        """What the routes share. It works until the server ends."""
        import atexit
        from pathlib import Path

        from tracker.server.backend import Backend
        from tracker.server.configuration import TrackerServer

        settings = self._app.web_app.settings
        backend = Backend(
            Path(self._app.root_dir),
            allow_hidden=bool(self._app.contents_manager.allow_hidden),
            home=settings.get("tracker_store"),
            open_beyond_root=TrackerServer(parent=self._app).open_beyond_root,
            has_terminals=lambda: bool(settings.get("terminals_available")),
        )
        # Function-style extensions are not told when the server stops.
        atexit.register(backend.close)
        settings["tracker_backend"] = backend
        return backend

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        """Return what answers the request; None where no route does."""
        if not self.rules:
            self.add_rules(self._rules())
        return super().find_handler(request)

    def get_target_delegate(
        self, target: Any, request: HTTPServerRequest, **target_params: Any
    ) -> HTTPMessageDelegate | None:
        """Return what has a handler answer the request."""
        assert isclass(target) and issubclass(target, RequestHandler)
        return self._app.web_app.get_handler_delegate(request, target, **target_params)

    def _rules(self) -> list[Rule | list[Any] | tuple[Any, ...]]:
        from tracker.server.handlers import handlers
        from tracker.server.handlers.page import page_routes
        from tracker.server.handlers.protocol import protocol_routes

        base_url = self._app.base_url
        return [
            *handlers(base_url),
            *page_routes(base_url),
            *protocol_routes(f"{base_url.rstrip('/')}/tracker", self.backend.protocol),
        ]
