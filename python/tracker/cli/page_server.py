"""A Jupyter Server that shows tracker's page and offers nothing else."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.httputil import url_concat
from traitlets.config import Config

from tracker.remote.address import is_remote

EXTENSION = "tracker"
PATH = "/tracker"


class NoFiles(AsyncLargeFileManager):
    """Knows which folder is served and hands out none of its files."""

    def get_extra_handlers(self) -> list[Any]:
        """Return none: Jupyter's would send every file of the folder."""
        return []


class PageServer(ServerApp):
    """Jupyter's server with its token, its checks and its cookies; of its services, none that act.

    Configuration files of other Jupyter servers are not read: what is opened there for notebooks
    was not meant for this.
    """

    name = "tracker-ui"
    description = "Shows tracker's page."
    default_services = ("api", "auth", "security")  # type: ignore[assignment]  # not all 13
    store_uri: str

    @classmethod
    def serving(
        cls,
        store_uri: str,
        *,
        host: str,
        port: int,
        retries: int,
        browser: bool,
        base_url: str,
        allowed_hosts: list[str],
    ) -> PageServer:
        """Return a server that listens and waits to be started. Ends the process if it cannot."""
        uri = absolute(store_uri)
        config = Config()
        config.IdentityProvider.token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
        config.ServerApp.update(
            ip=host,
            port=port,
            port_retries=retries,
            open_browser=browser,
            base_url=base_url,
            default_url=PATH,
            root_dir=str(Path.cwd()),
            contents_manager_class=NoFiles,
            tornado_settings={"tracker_store": uri},
            # Nothing is run for whoever connects, and nobody loses a kernel at the end.
            allow_root=True,
            answer_yes=True,
            log_level=logging.ERROR,
        )
        config.ServerApp.setdefault("local_hostnames", ["localhost", *allowed_hosts])
        server = cls(config=config)
        server.jpserver_extensions = {EXTENSION: True}
        server.initialize(argv=[], find_extensions=False)
        server.store_uri = uri
        return server

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """Read none."""

    @property
    def address(self) -> str:
        """Where a browser finds the page, and may see it."""
        page = self.connection_url.rstrip("/") + PATH
        return url_concat(page, {"token": self.identity_provider.token})


def absolute(uri: str) -> str:
    """Return the store's URI as it holds whatever folder one is in."""
    return uri if ":" in uri or is_remote(uri) else str(Path(uri).expanduser().absolute())
