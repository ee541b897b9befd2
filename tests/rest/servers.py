"""The command `tracker server` as a process, and requests made byte by byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.rest.conftest import end_group, wait_until_healthy

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
    connection = HTTPConnection(urlsplit(uri).netloc, timeout=30)
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
def tracker_server(folder: Path, *options: str, token: str | None = None) -> Iterator[Running]:
    """Run `tracker server` on a free port over the store in a folder."""
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
        yield Running(uri, folder, process, told.get("token") or token)
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
