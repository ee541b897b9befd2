"""MLflow's REST API inside Jupyter Server, below `tracker/`, for MLflow's clients.

    MLFLOW_TRACKING_URI=http://localhost:8888/tracker          the store of the folder served
    MLFLOW_TRACKING_URI=http://localhost:8888/tracker/folder/a/b     that of the folder a/b
    MLFLOW_TRACKING_TOKEN=<Jupyter's token>

The store is the one that the panel shows for the folder; it is made when a client first asks.
Every route is one of Jupyter's own: its token or cookie, its XSRF check, its checks of Host and
Origin, its authorizer come first. A server without a token answers only who sends its XSRF cookie,
which MLflow's clients cannot. Loading this opens nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from tracker.errors import InvalidValue
from tracker.rest.app import routes
from tracker.rest.backend import Backend
from tracker.rest.handlers import Handler

if TYPE_CHECKING:
    from tornado.concurrent import Future

FOLDER = r"(?:[^/]+/)*?[^/]+"
"""Where a URL names a folder: as little of it as leaves one of the routes behind it."""
BEHIND = r"/(?:(?:ajax-)?api/\d\.\d/|get-artifact$|health$|version$|openapi\.json$)"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
_READING = re.compile(r"/(?:runs|experiments|logged-models)/search(?:-datasets)?$")
"""Questions that are posted because they are too long for a URL."""


class Mounted(Handler, APIHandler):
    """A route of the protocol as one of Jupyter's.

    `Handler` comes before `APIHandler`, and what a route does between the two, so each method that
    both have is joined here.
    """

    auth_resource = "tracker"
    place: re.Pattern[str]

    def set_default_headers(self) -> None:
        """Set Jupyter's headers, and that answers are data."""
        APIHandler.set_default_headers(self)
        super().set_default_headers()

    @property
    def content_security_policy(self) -> str:
        """Answers are data: should a browser show one as a page, it may do nothing."""
        return f"{APIHandler.content_security_policy.fget(self)}; sandbox"  # type: ignore[attr-defined]

    async def prepare(self, *, _redirect_to_login: bool = True) -> None:
        """Check who asks, by `admit`; nobody is sent to a login page."""
        await super().prepare()

    async def admit(self) -> None:
        """Leave it to Jupyter who may ask, before a body is taken in. Raises HTTPError."""
        await APIHandler.prepare(self)
        if self.current_user is None:
            raise web.HTTPError(403)
        # Another site may name the URL of a file in an <img> or <script>; it gets nothing.
        self.check_xsrf_cookie()
        is_reading = self.request.method == "GET" or _READING.search(self.request.path)
        permit: Any = authorized("read" if is_reading else "write")
        await permit(_nothing)(self)

    @property
    def folder(self) -> str:
        """The folder that the URL names, as Jupyter's contents have it."""
        named = self.place.match(self.request.path)
        try:
            return "" if named is None else unquote(named[1], errors="strict")
        except UnicodeDecodeError:
            raise InvalidValue("The folder in the URL is not UTF-8.") from None

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> Future[None]:
        """Finish, with the content type that was set; Jupyter's would say JSON always."""
        content_type = self._headers.get("Content-Type", "application/json")
        return cast("Future[None]", super().finish(chunk, set_content_type=content_type))


def _nothing(handler: Mounted) -> None:
    """Do nothing: whether it may be done was the question."""


def protocol_routes(mount: str, backend: Backend) -> list[tuple[str, type[Mounted], Any]]:
    """Return the protocol's routes below the path `mount`, as tornado takes them."""
    start = re.escape(mount)
    place = re.compile(f"{start}/folder/({FOLDER}){BEHIND}")
    table = routes(backend, f"{start}(?:/folder/{FOLDER})?")
    return [(path, _mounted(handler, place), given) for path, handler, given in table]


def _mounted(handler: type[Handler], place: re.Pattern[str]) -> type[Mounted]:
    """Return a route of the protocol as one of Jupyter's, each of its methods authenticated."""
    unknown = web.RequestHandler._unimplemented_method
    methods = {
        name: web.authenticated(method)
        for name in METHODS
        if (method := getattr(handler, name)) is not unknown
    }
    return type(f"Mounted{handler.__name__}", (Mounted, handler), {"place": place, **methods})
