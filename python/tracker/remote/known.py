"""The servers that were opened as stores in this process.

Artifacts that a server hands through have URIs `mlflow-artifacts://host:port/path`. They are only
ever fetched from a server that the user opened: whoever wrote the URI into a run must not choose
where credentials go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tracker.errors import StoreError
from tracker.remote.connection import Connection

SCHEME = "mlflow-artifacts:"


class Keeper(Protocol):
    """What becomes of files while their server cannot be reached."""

    def keep_file(self, path: str, source: Path | Iterable[bytes]) -> None:
        """Send a file, or keep it until it can be sent. `path` is that of the proxy."""

    def send_files(self, path: str) -> str:
        """Send what waits below a path, and return the path that the server knows it by.

        Raises Unreachable.
        """


@dataclass(frozen=True)
class Server:
    """A connection, and who keeps what cannot be sent."""

    connection: Connection
    keeper: Keeper


_servers: dict[str, Server] = {}


def announce(server: Server) -> None:
    """Serve the artifacts of this server's runs from now on."""
    _servers[server.connection.address.place] = server


def absolute(connection: Connection, uri: str) -> str:
    """Return an artifact URI of a server's answer with the server in it."""
    if not uri.startswith(f"{SCHEME}/"):
        return uri
    rest = uri.removeprefix(SCHEME)
    if rest.startswith("//"):  # it says the host itself, and may mean another
        return uri
    return f"{SCHEME}//{connection.address.place}/{rest.lstrip('/')}"


def relative(connection: Connection, uri: str) -> str:
    """Return the URI as the server itself writes it."""
    return uri.replace(f"{SCHEME}//{connection.address.place}/", f"{SCHEME}/")


def proxied_path(connection: Connection, uri: str) -> str | None:
    """Return the path at the server's proxy that an artifact URI of its runs means, or None."""
    inside = relative(connection, uri)
    is_here = inside.startswith(f"{SCHEME}/") and not inside.startswith(f"{SCHEME}//")
    return inside.removeprefix(SCHEME).strip("/") if is_here else None


def find(uri: str) -> tuple[Server, str]:
    """Return the server of an artifact URI and the path at its proxy. Raises StoreError."""
    place = uri.removeprefix(SCHEME).lstrip("/")
    found = [key for key in _servers if f"{place}/".startswith(f"{key}/")]
    if not found or not uri.startswith(f"{SCHEME}//"):
        raise StoreError(
            f"The artifacts at {uri[:200]} are handed out by a tracking server that is not opened "
            "here. Set the tracking URI to that server."
        )
    key = max(found, key=len)
    return _servers[key], place.removeprefix(key).strip("/")
