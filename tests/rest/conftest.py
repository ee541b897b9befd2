"""Our endpoint and, beside it, a real `mlflow server`: the oracle, started once for all tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tracker.rest.serving import LoopbackServer
from tracker.store import Store, open_store

DEADLINE = 90


@dataclass(frozen=True)
class Site:
    """A running server and what its clients need in their environment."""

    uri: str
    environment: Mapping[str, str] = field(default_factory=dict)


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The real server, on a database and a folder of its own."""
    folder = tmp_path_factory.mktemp("oracle")
    uri = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1"]
    command += ["--host", "127.0.0.1", "--port", uri.rpartition(":")[2]]
    command += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    environment = {name: it for name, it in environment.items() if name != "MLFLOW_TRACKING_URI"}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_until_healthy(uri, server)
        yield Site(uri)
    finally:
        end_group(server)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of the test's own."""
    store = open_store(tmp_path / ".tracker")
    yield store
    store.close()


@pytest.fixture
def ours(store: Store) -> Iterator[Site]:
    """Our endpoint over the test's store."""
    with LoopbackServer(store) as endpoint:
        yield Site(endpoint.uri, dict(endpoint.environment))


@pytest.fixture
def client_environment(
    ours: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Mapping[str, str]:
    """Set the environment of a client of ours; the oracle does not mind the credentials."""
    for name in list(os.environ):
        if name.startswith(("MLFLOW_", "TRACKER_")):
            monkeypatch.delenv(name)
    for name, value in ours.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    monkeypatch.chdir(tmp_path)
    return ours.environment


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(uri: str, server: subprocess.Popen[bytes]) -> None:
    """Wait for a server's first answer; fail where it ended or takes too long."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        assert server.poll() is None, f"the server ended with {server.returncode}"
        try:
            with urlopen(f"{uri}/health", timeout=5) as answer:
                assert answer.read() == b"OK"
                return
        except URLError:
            time.sleep(0.05)  # between two looks; the deadline above decides
    raise AssertionError(f"nothing answers at {uri}")


def end_group(server: subprocess.Popen[bytes]) -> None:
    """End a server that was started in a session of its own, its workers with it."""
    import signal

    try:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(10)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(10)
