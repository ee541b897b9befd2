"""The protocol on a port: private for child processes of this one, or for everybody."""

from __future__ import annotations

import asyncio
import getpass
import os
import secrets
import signal
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets

from tracker.errors import StoreError
from tracker.rest.app import application
from tracker.rest.backend import Backend
from tracker.rest.guard import Guard, is_loopback
from tracker.rest.handlers import BODY_LIMIT
from tracker.rest.service import Service
from tracker.store.base import Store

LOOPBACK = "127.0.0.1"
FROM_CONTAINERS = "host.docker.internal"
"""What Docker Desktop calls this machine's loopback inside a container."""
_PRIVATE_IDLE_SECONDS = 3600.0
IDLE_SECONDS = 120.0
"""Seconds that a connection may be silent between requests, and take for the head of one."""
CONNECTIONS = 1000
"""Connections at once; one more is closed as it comes."""


@dataclass(frozen=True, slots=True)
class LoopbackEndpoint:
    """Where the private server is, and the secret that it wants."""

    uri: str
    token: str = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables by which a child process that uses MLflow finds the server.

        They take the place of what the parent's environment says of another server: its user,
        token, and proxies, which would not know this machine's loopback.
        """
        return {
            "MLFLOW_TRACKING_URI": self.uri,
            # MLflow prefers a user and password, also those in its credentials file, to a token,
            # and takes that user's name for the run's.
            "MLFLOW_TRACKING_USERNAME": _user(),
            "MLFLOW_TRACKING_PASSWORD": self.token,
            "MLFLOW_TRACKING_TOKEN": self.token,
            "NO_PROXY": _without_proxy("NO_PROXY"),
            "no_proxy": _without_proxy("no_proxy"),
        }


def _without_proxy(variable: str) -> str:
    given = os.environ.get(variable, "")
    return f"{given},{LOOPBACK}" if given else LOOPBACK


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "unknown"


class LoopbackServer:
    """A store served on 127.0.0.1, on a port and with a token drawn at random.

    It runs on a thread of this process, from `start` (or `with`) to `stop`, whatever the caller's
    own event loop does. Runs made through it belong to this process: they end when it dies.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> LoopbackEndpoint:
        """Begin to answer, and return where. Raises StoreError where no port can be had."""
        token = secrets.token_urlsafe(32)
        [listening] = _bind(LOOPBACK, 0)
        port = listening.getsockname()[1]
        guard = Guard(token, hosts=frozenset({FROM_CONTAINERS}))
        backend = _backend(Service(self._store, owns_runs=True), guard)
        self._thread = threading.Thread(
            target=self._run, args=(listening, backend), name="tracker-loopback", daemon=True
        )
        self._thread.start()
        self._started.wait()
        return LoopbackEndpoint(f"http://{LOOPBACK}:{port}", token)

    def stop(self) -> None:
        """Answer no more. What was logged is kept; calling it again does nothing."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        thread.join()

    def __enter__(self) -> LoopbackEndpoint:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self, listening: socket.socket, backend: Backend) -> None:
        asyncio.run(self._serve(listening, backend))

    async def _serve(self, listening: socket.socket, backend: Backend) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            async with _listening([listening], backend, _PRIVATE_IDLE_SECONDS):
                self._started.set()
                await self._stopping.wait()
        finally:
            self._started.set()


class Server:
    """The stand-alone server: bound when made, answering while `run` runs."""

    def __init__(
        self,
        store: Store,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        token: str | None = None,
        allowed_hosts: Sequence[str] = (),
        destination: str | None = None,
    ) -> None:
        """Open the port. Raises StoreError where it cannot be had.

        On anything but loopback a token is demanded; one is drawn where none is given.
        """
        is_open = not is_loopback(host)
        self.token = token or (secrets.token_urlsafe(32) if is_open else None)
        hosts = None if is_open else frozenset(name.lower() for name in allowed_hosts)
        self._sockets = _bind(host, port)
        self.uri = f"http://{_in_uri(host)}:{self._sockets[0].getsockname()[1]}"
        self._backend = _backend(Service(store, destination=destination), Guard(self.token, hosts))

    def run(self) -> None:
        """Answer until SIGINT or SIGTERM; requests that have begun are answered."""
        with suppress(KeyboardInterrupt):
            asyncio.run(self._run())

    async def _run(self) -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # on Windows, where Ctrl-C raises instead
                asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        async with _listening(self._sockets, self._backend, IDLE_SECONDS):
            await stopping.wait()


def _backend(service: Service, guard: Guard) -> Backend:
    return Backend(lambda folder: service, guard)


def _bind(host: str, port: int) -> list[socket.socket]:
    try:
        # One family where the port is drawn, for each would be given another.
        family = socket.AF_INET if port == 0 and ":" not in host else socket.AF_UNSPEC
        return bind_sockets(port, host, family=family)
    except OSError as error:
        raise StoreError(
            f"Cannot open port {port} on {host}: {error.strerror}. Choose another with --port."
        ) from error


def _in_uri(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class _BoundedServer(HTTPServer):
    """A server that a client cannot take all of the machine's connections from."""

    _open = 0

    def handle_stream(self, stream: IOStream, address: tuple[object, ...]) -> None:
        """Serve a connection where there is room for it."""
        if self._open >= CONNECTIONS:
            stream.close()
            return
        self._open += 1
        super().handle_stream(stream, address)

    def on_close(self, server_conn: object) -> None:
        """Make room."""
        self._open -= 1
        super().on_close(server_conn)


@asynccontextmanager
async def _listening(
    sockets: Sequence[socket.socket], backend: Backend, idle_seconds: float
) -> AsyncIterator[None]:
    server = _BoundedServer(
        application(backend), max_body_size=BODY_LIMIT, idle_connection_timeout=idle_seconds
    )
    server.add_sockets(sockets)
    try:
        yield
    finally:
        server.stop()
        await server.close_all_connections()
        # On a thread: uploads that end now need this loop to learn that their clients are gone.
        await asyncio.to_thread(backend.close)
