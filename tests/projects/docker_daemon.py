"""The part of a Docker daemon that running a project needs, for machines that have none.

It answers what a daemon answers (shapes of the Docker Engine API 1.45) and runs a container's
command as a plain process of this machine. What it was asked is kept for the tests.
"""

from __future__ import annotations

import json
import os
import re
import signal
import struct
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

API_VERSION = "1.45"


@dataclass
class Container:
    """One container: what it was created with, and its process once it was started."""

    request: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None
    is_removed: bool = False
    is_out_of_memory: bool = False


@dataclass
class Daemon:
    """What the daemon has, and what happened."""

    uri: str = ""
    images: dict[str, str] = field(default_factory=dict)
    registry: set[str] = field(default_factory=set)
    info: dict[str, Any] = field(default_factory=lambda: {"OperatingSystem": "Debian"})
    containers: list[Container] = field(default_factory=list)
    builds: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    pulled: list[str] = field(default_factory=list)
    pushed: list[str] = field(default_factory=list)
    logins: list[dict[str, str]] = field(default_factory=list)
    fails: str = ""
    """What builds and pushes end with, if anything."""


@contextmanager
def running_daemon() -> Iterator[Daemon]:
    """Answer on a port of this machine for as long as the context lasts."""
    daemon = Daemon()
    handler = type("Handler", (_Handler,), {"daemon": daemon})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    daemon.uri = f"tcp://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield daemon
    finally:
        for container in daemon.containers:
            _stop(container, 0)
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    daemon: Daemon
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _answer(self, method: str) -> None:
        parts = urlsplit(self.path)
        path = unquote(re.sub(r"^/v1\.\d+", "", parts.path))
        self.query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.body = self._read()
        for wanted, pattern, answer in _ROUTES:
            match = re.fullmatch(pattern, path)
            if wanted == method and match:
                answer(self, *match.groups())
                return
        self.send_json({"message": f"page not found: {method} {path}"}, 404)

    def _read(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def send_json(self, answer: object, status: int = 200) -> None:
        body = b"" if status == 204 else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_stream(self, pieces: Iterable[bytes]) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")

    def send_lines(self, lines: Iterable[dict[str, Any]]) -> None:
        self.send_stream(json.dumps(line).encode() + b"\r\n" for line in lines)

    def container(self, number: str) -> Container:
        return self.daemon.containers[int(number)]


def _ping(handler: _Handler) -> None:
    handler.send_json("OK")


def _version(handler: _Handler) -> None:
    handler.send_json({"ApiVersion": API_VERSION, "MinAPIVersion": "1.24", "Version": "26.0.0"})


def _info(handler: _Handler) -> None:
    handler.send_json(handler.daemon.info)


def _auth(handler: _Handler) -> None:
    handler.daemon.logins.append(json.loads(handler.body))
    handler.send_json({"Status": "Login Succeeded"})


def _image(handler: _Handler, name: str) -> None:
    known = handler.daemon.images.get(name)
    if known is None:
        return handler.send_json({"message": f"No such image: {name}"}, 404)
    handler.send_json({"Id": known, "RepoTags": [name]})


def _pull(handler: _Handler) -> None:
    name = f"{handler.query['fromImage']}:{handler.query['tag']}"
    daemon = handler.daemon
    if name not in daemon.registry:
        return handler.send_json({"message": f"pull access denied for {name}"}, 404)
    daemon.pulled.append(name)
    daemon.images[name] = daemon.images[name.removesuffix(":latest")] = "sha256:pulled"
    progress = {"status": "Downloading", "id": "layer", "progressDetail": {"current": 1}}
    handler.send_lines([{"status": f"Pulling from {name}"}, progress, {"status": "Done"}])


def _build(handler: _Handler) -> None:
    daemon = handler.daemon
    daemon.builds.append((handler.query, handler.body))
    if daemon.fails:
        return handler.send_lines([{"stream": "Step 1/3"}, {"error": daemon.fails}])
    daemon.images[handler.query["t"]] = "sha256:built"
    handler.send_lines([{"stream": "Step 1/3 : FROM\n"}, {"aux": {"ID": "sha256:built"}}])


def _push(handler: _Handler, name: str) -> None:
    daemon = handler.daemon
    daemon.pushed.append(f"{name}:{handler.query['tag']}")
    if daemon.fails:
        return handler.send_lines([{"status": "Pushing"}, {"error": daemon.fails}])
    digest = "sha256:" + "d" * 64
    handler.send_lines([{"status": "Pushed", "id": "layer"}, {"aux": {"Digest": digest}}])


def _create(handler: _Handler) -> None:
    daemon = handler.daemon
    request = json.loads(handler.body)
    if request["Image"] not in daemon.images:
        return handler.send_json({"message": f"No such image: {request['Image']}"}, 404)
    daemon.containers.append(Container(request))
    handler.send_json({"Id": str(len(daemon.containers) - 1), "Warnings": []}, 201)


def _start(handler: _Handler, number: str) -> None:
    container = handler.container(number)
    request = container.request
    variables = dict(item.split("=", 1) for item in request.get("Env") or ())
    container.process = subprocess.Popen(
        request["Cmd"],
        env={"PATH": os.environ["PATH"], **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    handler.send_json(None, 204)


def _inspect(handler: _Handler, number: str) -> None:
    state = {"OOMKilled": handler.container(number).is_out_of_memory}
    handler.send_json({"Id": number, "Config": {"Tty": False}, "State": state})


def _logs(handler: _Handler, number: str) -> None:
    process = handler.container(number).process
    assert process and process.stdout
    output = process.stdout.fileno()
    pieces = iter(lambda: os.read(output, 1000), b"")
    # Each piece has a header: 1 for stdout, three zeros, its size.
    handler.send_stream(struct.pack(">BxxxL", 1, len(piece)) + piece for piece in pieces)


def _wait(handler: _Handler, number: str) -> None:
    process = handler.container(number).process
    assert process
    code = process.wait()
    handler.send_json({"StatusCode": 128 - code if code < 0 else code})


def _stop_container(handler: _Handler, number: str) -> None:
    _stop(handler.container(number), float(handler.query.get("t", 10)))
    handler.send_json(None, 204)


def _remove(handler: _Handler, number: str) -> None:
    handler.container(number).is_removed = True
    handler.send_json(None, 204)


def _stop(container: Container, seconds: float) -> None:
    process = container.process
    if process is None:
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


_ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/_ping", _ping),
    ("GET", "/version", _version),
    ("GET", "/info", _info),
    ("POST", "/auth", _auth),
    ("GET", "/images/(.+)/json", _image),
    ("POST", "/images/create", _pull),
    ("POST", "/images/(.+)/push", _push),
    ("POST", "/build", _build),
    ("POST", "/containers/create", _create),
    ("GET", "/containers/([^/]+)/json", _inspect),
    ("GET", "/containers/([^/]+)/logs", _logs),
    ("POST", "/containers/([^/]+)/start", _start),
    ("POST", "/containers/([^/]+)/wait", _wait),
    ("POST", "/containers/([^/]+)/stop", _stop_container),
    ("DELETE", "/containers/([^/]+)", _remove),
]
