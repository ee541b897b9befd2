"""Files that arrive slowly, in pieces, or never to their end."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.rest.servers import ask
from tracker.rest import upload
from tracker.rest.serving import LoopbackEndpoint, LoopbackServer
from tracker.store import Store, open_store

ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"
HALF = b"x" * 300_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / ".tracker")
    yield store
    store.close()


@pytest.fixture
def server(store: Store) -> Iterator[LoopbackServer]:
    server = LoopbackServer(store)
    yield server
    server.stop()


@pytest.fixture
def endpoint(server: LoopbackServer) -> LoopbackEndpoint:
    return server.start()


@pytest.fixture
def run_folder(store: Store) -> Path:
    return Path(store.create_run("0").info.artifact_uri)


def begin(endpoint: LoopbackEndpoint, folder: Path, name: str, framing: str) -> socket.socket:
    """Send the head and a first piece of a file, and leave the rest out."""
    place = urlsplit(endpoint.uri)
    connection = socket.create_connection((place.hostname, place.port), timeout=30)
    head = f"PUT {ARTIFACTS}/0/{folder.parent.name}/artifacts/{name} HTTP/1.1\r\n"
    head += f"Host: {place.netloc}\r\nAuthorization: Bearer {endpoint.token}\r\n{framing}\r\n\r\n"
    connection.sendall(head.encode() + HALF)
    return connection


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)  # between two looks; the deadline above decides


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_whose_client_leaves_is_never_seen(
    endpoint: LoopbackEndpoint, run_folder: Path
) -> None:
    with begin(endpoint, run_folder, "half.bin", "Content-Length: 1000000"):
        until(lambda: len(files(run_folder)) == 1)
    until(lambda: files(run_folder) == [])


def test_a_file_that_is_replaced_stays_the_old_one_until_the_new_one_is_there(
    endpoint: LoopbackEndpoint, run_folder: Path
) -> None:
    run_folder.mkdir(parents=True)
    (run_folder / "model.bin").write_bytes(b"old")
    with begin(endpoint, run_folder, "model.bin", "Content-Length: 300010") as connection:
        until(lambda: len(files(run_folder)) == 2)
        assert (run_folder / "model.bin").read_bytes() == b"old"
        connection.sendall(b"0123456789")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert (run_folder / "model.bin").read_bytes() == HALF + b"0123456789"


def test_a_stalled_file_is_given_up(
    endpoint: LoopbackEndpoint, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "PATIENCE", 0.2)
    with begin(endpoint, run_folder, "stalled.bin", "Content-Length: 1000000") as connection:
        until(lambda: len(files(run_folder)) == 1)
        until(lambda: files(run_folder) == [])
        connection.sendall(b"x" * 700_000)
        answer = connection.recv(1000)
    assert answer.startswith(b"HTTP/1.1 400") and files(run_folder) == []


def test_stopping_does_not_wait_for_files_on_their_way(
    server: LoopbackServer, endpoint: LoopbackEndpoint, run_folder: Path
) -> None:
    connections = [
        begin(endpoint, run_folder, f"{number}.bin", "Content-Length: 1000000")
        for number in range(upload.PIECES)
    ]
    until(lambda: len(files(run_folder)) == upload.PIECES)
    before = time.monotonic()
    server.stop()
    assert time.monotonic() - before < upload.PATIENCE / 2
    assert files(run_folder) == []
    for connection in connections:
        connection.close()


def test_many_stalled_files_leave_other_requests_unharmed(
    endpoint: LoopbackEndpoint, run_folder: Path
) -> None:
    connections = [
        begin(endpoint, run_folder, f"{number}.bin", "Content-Length: 1000000")
        for number in range(40)
    ]
    until(lambda: len(files(run_folder)) == 16)
    path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
    bearer = {"Authorization": f"Bearer {endpoint.token}"}
    assert ask(endpoint.uri, "GET", path, None, bearer).status == 200
    for connection in connections:
        connection.close()
    until(lambda: files(run_folder) == [])


def test_chunked_and_empty_files_arrive(endpoint: LoopbackEndpoint, run_folder: Path) -> None:
    place = f"{ARTIFACTS}/0/{run_folder.parent.name}/artifacts"
    bearer = {"Authorization": f"Bearer {endpoint.token}"}
    assert ask(endpoint.uri, "PUT", f"{place}/empty", b"", bearer).status == 200
    chunked = {**bearer, "Transfer-Encoding": "chunked"}
    sent = socket.create_connection((urlsplit(endpoint.uri).hostname, urlsplit(endpoint.uri).port))
    head = "".join(f"{name}: {value}\r\n" for name, value in chunked.items())
    with sent:
        sent.sendall(f"PUT {place}/chunked HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n".encode())
        sent.sendall(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        assert sent.recv(100).startswith(b"HTTP/1.1 200")
    assert (run_folder / "empty").read_bytes() == b""
    assert (run_folder / "chunked").read_bytes() == b"hello world"
