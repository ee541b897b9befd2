"""The page that shows tracker outside JupyterLab, and the files that it is made of."""

from __future__ import annotations

import html
import json
import mimetypes
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado import web
from tornado.httputil import url_concat

M = TypeVar("M", bound=Callable[..., Any])

STATIC = Path(__file__).parents[1] / "static"
"""What `jlpm build` makes."""
HASHED = re.compile(r"\.[0-9a-f]{8}\.js$")
"""Files whose name tells what is in them."""
PACKED = ".gz"
"""Behind the name of a file's compressed copy, which `jlpm build:prod` makes."""
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<title>Tracker</title>
<link rel="icon" type="image/svg+xml" href="{icon}">
<link rel="stylesheet" href="{light}">
<link rel="stylesheet" href="{dark}" id="tracker-theme-dark" media="(prefers-color-scheme: dark)">
<link rel="stylesheet" href="{style}">
<script id="jupyter-config-data" type="application/json">{configuration}</script>
<script defer src="{script}"></script>
</head>
<body><noscript>Tracker needs JavaScript.</noscript></body>
</html>
"""
NOT_BUILT = "The page of tracker was not built. In a clone of the repository run `jlpm build`."


class PageHandler(JupyterHandler):
    """GET tracker: the page, for who may read."""

    auth_resource = "tracker"

    @property
    def content_security_policy(self) -> str:
        """Only the page's own scripts start anything, and nobody sends its forms elsewhere."""
        rules = ("object-src 'none'", "base-uri 'none'", "form-action 'none'")
        return "; ".join((super().content_security_policy, *rules))

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Write the page; first have a token leave the address, and with it the history."""
        query = self.request.query_arguments
        if "token" in query or self.request.path.endswith("/"):
            kept = [(name, v) for name in query if name != "token" for v in query[name]]
            path = url_path_join(self.base_url, "tracker")
            self.redirect(url_concat(path, [(name, v.decode()) for name, v in kept]))
            return
        if not (STATIC / "page.js").is_file():
            raise web.HTTPError(500, NOT_BUILT)
        # The cookie that the page's own questions have to repeat.
        _ = self.xsrf_token
        self.set_header("Cache-Control", "no-store")
        await self.finish(PAGE.format(**self._filling()))

    def _filling(self) -> dict[str, str]:
        names = {
            "icon": "icon.svg",
            "light": "theme-light.css",
            "dark": "theme-dark.css",
            "style": "page.css",
            "script": "page.js",
        }
        urls = {key: html.escape(self._url(name)) for key, name in names.items()}
        # A script's text ends at the first `</script>`, whatever it is in.
        configuration = json.dumps(self._configuration()).replace("<", "\\u003c")
        return {"configuration": configuration, **urls}

    def _configuration(self) -> dict[str, object]:
        return {
            "baseUrl": self.base_url,
            "wsUrl": self.settings.get("websocket_url", ""),
            "appUrl": "/tracker",
        }

    def _url(self, name: str) -> str:
        path = url_path_join(self.base_url, "tracker/static", url_escape(name))
        version = StaticHandler.get_version({"static_path": str(STATIC)}, name)
        return url_concat(path, {"v": version}) if version else path


def guarded(method: M) -> M:
    """Return a method of tornado's for those only who may read."""
    return cast(M, web.authenticated(authorized("read")(method)))


class StaticHandler(JupyterHandler, web.StaticFileHandler):
    """GET tracker/static/<name>: a file of the page, for who may see the page."""

    auth_resource = "tracker"

    get = guarded(web.StaticFileHandler.get)
    head = guarded(web.StaticFileHandler.head)

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Send the compressed copy that lies beside a file to who can read it."""
        found = super().validate_absolute_path(root, absolute_path)
        accepted = self.request.headers.get("Accept-Encoding", "")
        if found is None or not ACCEPTS_GZIP.search(accepted) or not Path(found + PACKED).is_file():
            return found
        self.set_header("Content-Encoding", "gzip")
        return super().validate_absolute_path(root, found + PACKED)

    def get_content_type(self) -> str:
        """Return the type of the file, compressed or not."""
        is_packed = self._headers.get("Content-Encoding") == "gzip"
        path = str(self.absolute_path)
        guessed, _ = mimetypes.guess_type(path.removesuffix(PACKED) if is_packed else path)
        return guessed or "application/octet-stream"

    def set_extra_headers(self, path: str) -> None:
        """Let a browser keep what its name or its version tells apart; ask again for the rest."""
        self.set_header("Vary", "Accept-Encoding")
        is_fixed = "v" in self.request.arguments or HASHED.search(path)
        value = "private, max-age=31536000, immutable" if is_fixed else "no-cache"
        self.set_header("Cache-Control", value)


def page_routes(base_url: str) -> list[tuple[Any, ...]]:
    """Return the routes of the page as tornado takes them."""
    start = re.escape(base_url)
    return [
        (url_path_join(start, r"tracker/?"), PageHandler),
        (url_path_join(start, r"tracker/static/(.*)"), StaticHandler, {"path": str(STATIC)}),
    ]
