"""What one client can take of the server: time, memory, connections; and whom it makes it call."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mlflow import MlflowClient

from tests.rest.servers import JSON, Running, ask, tracker_server
from tracker.rest import handlers, serving
from tracker.rest.handlers import BODY_LIMIT, SMALL_LIMIT
from tracker.rest.serving import LoopbackEndpoint, LoopbackServer
from tracker.store import Store, open_store

API = "/api/2.0/mlflow"
FILES = "/api/2.0/mlflow-artifacts/artifacts"
LONGEST = 6000
"""Characters of a param's value."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with tracker_server(tmp_path_factory.mktemp("served") / ".tracker") as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / ".tracker")
    yield store
    store.close()


@pytest.fixture
def endpoint(store: Store) -> Iterator[LoopbackEndpoint]:
    """A server in this process, whose bounds a test can make small."""
    with LoopbackServer(store) as endpoint:
        yield endpoint


def connect(uri: str) -> socket.socket:
    place = urlsplit(uri)
    return socket.create_connection((place.hostname, place.port), timeout=30)


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the server closes the connection."""
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionError:  # closed while something of ours was on its way
        pass
    return received


# -- time ----------------------------------------------------------------------------------------


def test_a_client_that_never_ends_its_header_is_hung_up_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_PRIVATE_IDLE_SECONDS", 1.0)
    with LoopbackServer(store) as endpoint, connect(endpoint.uri) as slow:
        slow.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow")
        assert read_all(slow) == b""
        assert ask(endpoint.uri, "GET", "/health").body == b"OK"


def test_a_client_that_was_hung_up_on_for_its_silence_goes_on_logging(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one does that logs once in an epoch of many minutes."""
    monkeypatch.setattr(serving, "_PRIVATE_IDLE_SECONDS", 1.0)
    run_id = store.create_run("0").info.run_id
    with LoopbackServer(store) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        client = MlflowClient(endpoint.uri)
        for step in range(2):
            client.log_metric(run_id, "loss", 0.5, step=step)
            with connect(endpoint.uri) as silent:  # begun later, so closed later
                assert read_all(silent) == b""
    assert store.metric_history(run_id, "loss").steps.tolist() == [0, 1]


def test_a_client_that_never_ends_its_body_is_hung_up_on(
    endpoint: LoopbackEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers.Handler, "body_seconds", 0.3)
    head = f"POST {API}/runs/create HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n"
    head += f"Content-Type: application/json\r\nAuthorization: Bearer {endpoint.token}\r\n\r\n"
    with connect(endpoint.uri) as slow:
        slow.sendall(head.encode() + b'{"run_name": "')
        assert b"200" not in read_all(slow)[:20]
    assert ask(endpoint.uri, "GET", "/health").body == b"OK"


def test_the_stand_alone_server_waits_two_minutes_at_most() -> None:
    assert serving.IDLE_SECONDS <= 120
    assert handlers.ProtocolHandler.body_seconds == handlers.BODY_SECONDS <= 120


def test_slow_clients_do_not_keep_others_waiting(server: Running) -> None:
    with ExitStack() as stack:
        for number in range(200):
            slow = stack.enter_context(connect(server.uri))
            slow.sendall(b"POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            if number % 2:
                slow.sendall(b"Content-Type: application/json\r\nContent-Length: 9999\r\n\r\n{")
        assert server.api("GET", "experiments/get?experiment_id=0").status == 200


def test_connections_are_counted_and_the_room_is_given_back(
    endpoint: LoopbackEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "CONNECTIONS", 3)
    with ExitStack() as stack:
        for _ in range(3):
            held = stack.enter_context(connect(endpoint.uri))
            held.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert held.recv(1000).startswith(b"HTTP/1.1 200")
        with connect(endpoint.uri) as refused:
            assert read_all(refused) == b""
    deadline = time.monotonic() + 30
    while True:
        try:
            assert ask(endpoint.uri, "GET", "/health").body == b"OK"
            return
        except ConnectionError:  # the closed ones are still being counted
            assert time.monotonic() < deadline


PATTERNS = [
    "%a" * 900 + "%b", "%_" * 900 + "b", "%" * 1999, "%" + "a" * 900 + "b%" + "a" * 900 + "b%",
    "%aaaaaaaaab" * 150,
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern[:12])
@pytest.mark.parametrize("sign", ["LIKE", "ILIKE"])
def test_no_pattern_takes_long_on_the_longest_values(
    server: Running, sign: str, pattern: str
) -> None:
    """A search that goes back for each wildcard takes for ever on these."""
    for number in range(3):
        run = server.api("POST", "runs/create", {"experiment_id": "0"}).json["run"]["info"]
        given = {"run_id": run["run_id"], "key": f"p{number}", "value": "a" * LONGEST}
        assert server.api("POST", "runs/log-parameter", given).status == 200
    conditions = " AND ".join(f"params.p{number} {sign} '{pattern}'" for number in range(3))
    begin = server.cpu_seconds()
    answer = server.api("POST", "runs/search", {"experiment_ids": ["0"], "filter": conditions})
    assert answer.status in (200, 400)
    assert server.cpu_seconds() - begin < 10


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("runs/search", {"filter": "attributes.run_id IN (" + "'a'," * 30_000 + "'a')"}),
        ("runs/search", {"filter": "NOT " * 20_000 + "params.a = 'x'"}),
        ("runs/search", {"filter": "(" * 3000 + "params.a = 'x'" + ")" * 3000}),
        ("runs/search", {"filter": " OR ".join(["params.a = 'x'"] * 20_000)}),
        ("runs/search", {"order_by": ["params.a"] * 2000}),
        ("experiments/search", {"max_results": 5, "filter": "name LIKE '" + "%a" * 5000 + "'"}),
        ("experiments/search", {"max_results": 5, "filter": "(" * 50_000}),
        ("logged-models/search", {"filter": "name = 'x' AND " * 5000 + "name = 'x'"}),
        ("logged-models/search", {"max_results": 10**9}),
        ("logged-models/search", {"experiment_ids": ["0"] + [str(i) for i in range(2000)]}),
        ("experiments/search-datasets", {"experiment_ids": [str(i) for i in range(21)]}),
        ("runs/log-batch", {"run_id": "x", "params": [{"key": str(i)} for i in range(40_000)]}),
        ("runs/log-batch", {"run_id": "x", "tags": [{"key": "a"}] * 60_000}),
        ("runs/create", {"tags": [{"key": "a", "value": "b"}] * 60_000}),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value)[:24],
)
def test_a_question_that_asks_for_too_much_is_refused_at_once(
    server: Running, path: str, body: dict[str, object]
) -> None:
    begin = server.cpu_seconds()
    answer = server.api("POST", path, {"experiment_ids": ["0"], **body})
    assert answer.status == 400, answer.body[:300]
    assert len(answer.body) < 10_000
    assert server.cpu_seconds() - begin < 5


# -- memory --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "limit"),
    [
        (f"POST {API}/runs/create HTTP/1.1\r\nContent-Type: application/json", BODY_LIMIT),
        ("GET /health HTTP/1.1", SMALL_LIMIT),
        (f"DELETE {API}/logged-models/x HTTP/1.1", BODY_LIMIT),
        ("POST /api/2.0/mlflow-artifacts/mpu/create/a HTTP/1.1", SMALL_LIMIT),
        ("POST /nothing/there HTTP/1.1", SMALL_LIMIT),
    ],
)
def test_a_body_without_a_length_is_cut_where_it_gets_too_long(
    server: Running, head: str, limit: int
) -> None:
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with connect(server.uri) as connection:
        start = f"{head}\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(start.encode())
        try:
            for _ in range(limit // 0x10000 + 64):
                connection.sendall(piece)
        except ConnectionError:
            pass  # the server has had enough
        else:
            assert not read_all(connection).startswith(b"HTTP/1.1 200")
    assert server.ask("GET", "/health").body == b"OK"


def test_a_packed_body_is_not_unpacked(server: Running) -> None:
    bomb = gzip.compress(b" " * 10_000_000 + json.dumps({"name": "bomb"}).encode())
    headers = {**JSON, "Content-Encoding": "gzip"}
    answer = server.ask("POST", f"{API}/experiments/create", bomb, headers)
    assert answer.status == 400
    assert answer.json["message"] == "The request's body is not JSON."


def test_a_header_without_end_is_refused(server: Running) -> None:
    with connect(server.uri) as connection:
        with suppress(ConnectionError):
            connection.sendall(b"GET /health HTTP/1.1\r\nX: " + b"a" * 5_000_000)
        assert b"200" not in read_all(connection)[:20]
    assert server.ask("GET", "/health").body == b"OK"


# -- calls to others -----------------------------------------------------------------------------


class Listener:
    """A host that must not be called; it counts who does."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed at the end of the test
                return
            self.calls += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/files",
        "ftp://127.0.0.1:{port}/files",
        "sftp://127.0.0.1:{port}/files",
        "webhdfs://127.0.0.1:{port}/files",
        "simplecache::http://127.0.0.1:{port}/files",
        "mlflow-artifacts://127.0.0.1:{port}/files",
        "file://127.0.0.1:{port}/files",
        "//127.0.0.1:{port}/files",
    ],
)
def test_no_location_makes_the_server_call_another_host(server: Running, location: str) -> None:
    listener = Listener()
    try:
        place = location.format(port=listener.port)
        body = {"name": place, "artifact_location": place}
        made = server.api("POST", "experiments/create", body)
        if made.status == 200:
            experiment = made.json["experiment_id"]
            run = server.api("POST", "runs/create", {"experiment_id": experiment}).json
            run_id = run["run"]["info"]["run_id"]
            proxied = f"{FILES}/{experiment}/{run_id}/artifacts/a"
            answers = [
                server.ask("GET", proxied),
                server.ask("PUT", proxied, b"x"),
                server.ask("DELETE", proxied),
                server.api("GET", f"artifacts/list?run_id={run_id}"),
                server.ask("GET", f"/get-artifact?run_id={run_id}&path=a"),
                server.api("POST", "logged-models", {"experiment_id": experiment, "name": "m"}),
            ]
            assert {answer.status for answer in answers} == {400}
            searched = {"experiment_ids": [experiment]}
            assert server.api("POST", "logged-models/search", searched).json == {}
        assert listener.calls == 0
    finally:
        listener.close()
