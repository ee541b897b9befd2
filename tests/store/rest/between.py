"""A server between client and server, on a port of its own: it can be gone, and lose answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Loses = Callable[[str], bool]
"""Whether the answer to a request of this path is lost."""

Fails = Callable[[str, bytes], bool]
"""Whether a request of this path and body is answered with 500, and not handed on."""


class Between:
    """Hands every request on. `seen` are the paths and headers of those that came."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target).netloc
        self.loses: Loses = lambda path: False
        self.fails: Fails = lambda path, body: False
        self.seen: list[tuple[str, dict[str, str]]] = []
        self._port = 0
        self._server: ThreadingHTTPServer | None = None
        self.start()

    @property
    def uri(self) -> str:
        """Where it is, also while it is gone."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Be there."""
        between = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                self.close_connection = True
                self.raw_requestline = self.rfile.readline(65_537)
                if self.raw_requestline and self.parse_request():
                    between.answer(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Be gone: connections are refused."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.seen.append((request.path, dict(request.headers.items())))
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        if self.fails(request.path, body):
            request.send_response_only(500)
            request.send_header("Connection", "close")
            request.end_headers()
            return
        headers = {k: v for k, v in request.headers.items() if k.lower() != "host"}
        connection = HTTPConnection(self.target, timeout=60)
        try:
            connection.request(request.command, request.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if self.loses(request.path):
            return
        request.send_response_only(answer.status)
        request.send_header("Content-Type", answer.getheader("Content-Type") or "text/plain")
        request.send_header("Content-Length", str(len(content)))
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(content)


@contextmanager
def between(target: str) -> Iterator[Between]:
    """Stand before a server."""
    standing = Between(target)
    try:
        yield standing
    finally:
        standing.stop()


def once(part: str) -> Loses:
    """Lose the answer to the first request whose path has this in it."""
    lost: list[str] = []

    def loses(path: str) -> bool:
        if part not in path or lost:
            return False
        lost.append(path)
        return True

    return loses
