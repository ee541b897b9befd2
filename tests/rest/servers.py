"""`tracker server` and `mlflow server` as processes, and requests made byte by byte."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil

from tests.mlflow_databases import new_database

DEADLINE = 90
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Running:
    """A server, the store's folder, and the token it drew or was given."""

    uri: str
    folder: Path
    process: subprocess.Popen[bytes]
    token: str | None = None

    def cpu_seconds(self) -> float:
        """Return how long the server has computed so far, however busy the machine is."""
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer to one request; `body` is JSON unless it is bytes."""
        return ask(self.uri, method, path, body, headers)

    def api(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Return the answer to a request below /api/2.0/mlflow/, as an honest client sends it."""
        return self.ask(method, f"/api/2.0/mlflow/{path}", body, {**JSON, **headers})


def ask(
    uri: str,
    method: str,
    path: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return the answer to one request. The path goes out as it is written here."""
    sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    connection = HTTPConnection(urlsplit(uri).netloc, timeout=DEADLINE)
    try:
        connection.putrequest(method, path, skip_host="Host" in (headers or {}))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if sent is not None:
            connection.putheader("Content-Length", str(len(sent)))
        connection.endheaders(sent)
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.headers.items()), answer.read())
    finally:
        connection.close()


@contextmanager
def tracker_server(
    folder: Path | str, *options: str, token: str | None = None
) -> Iterator[Running]:
    """Run `tracker server` on a free port over the store in a folder, or at a URI."""
    command = [sys.executable, "-m", "tracker", "server", "--json", "--port", "0"]
    command += ["--store", str(folder), *options]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MLFLOW_", "TRACKER_"))
    }
    if token is not None:
        environment["TRACKER_SERVER_TOKEN"] = token
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        told = _told(process)
        uri = told["uri"].replace("0.0.0.0", "127.0.0.1")
        wait_until_healthy(uri, process)
        yield Running(uri, Path(folder), process, told.get("token") or token)
    finally:
        end_group(process)
        assert process.stdout is not None
        process.stdout.close()


def _told(process: subprocess.Popen[bytes]) -> Any:
    """Return the JSON that the command prints when it has its port."""
    assert process.stdout is not None
    lines = b""
    while not lines.endswith(b"}\n"):
        line = process.stdout.readline()
        assert line, "the command ended without a word"
        lines += line
    return json.loads(lines)


@contextmanager
def mlflow_server(folder: Path, database: str = "mlflow.db") -> Iterator[str]:
    """Run a real `mlflow server` on a free port over a database in a folder; yield its URI."""
    if not (folder / database).exists():
        new_database(folder / database)
    uri = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1"]
    command += ["--host", "127.0.0.1", "--port", uri.rpartition(":")[2]]
    command += ["--backend-store-uri", f"sqlite:///{folder}/{database}"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    environment.pop("MLFLOW_TRACKING_URI", None)
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_until_healthy(uri, server)
        yield uri
    finally:
        end_group(server)


def free_port() -> int:
    """Return a port that nothing listens on, nor will by chance before who asked does.

    It is one below those that the system gives to who asks for any, as all our servers do.
    """
    while True:
        port = random.SystemRandom().randrange(10_000, 30_000)  # tests may seed the other
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until_healthy(uri: str, server: subprocess.Popen[bytes]) -> None:
    """Wait for a server's first answer; fail where it ended or takes too long."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        assert server.poll() is None, f"the server ended with {server.returncode}"
        try:
            with urlopen(f"{uri}/health", timeout=DEADLINE) as answer:
                assert answer.read() == b"OK"
                return
        except (OSError, HTTPException):  # not there yet, or it hung up while it was starting
            time.sleep(0.05)  # between two looks; the deadline above decides
    raise AssertionError(f"nothing answers at {uri}")


def end_group(server: subprocess.Popen[bytes]) -> None:
    """End a server that was started in a session of its own, its workers with it."""
    with suppress(ProcessLookupError):  # the test ended it
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
    server.wait(10)
