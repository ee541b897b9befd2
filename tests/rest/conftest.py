"""Our endpoint and, beside it, a real `mlflow server`: the oracle, started once for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.rest.servers import mlflow_server
from tracker.rest.serving import LoopbackServer
from tracker.store import Store, open_store


@dataclass(frozen=True)
class Site:
    """A running server and what its clients need in their environment."""

    uri: str
    environment: Mapping[str, str] = field(default_factory=dict)


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The real server, on a database and a folder of its own."""
    with mlflow_server(tmp_path_factory.mktemp("oracle")) as uri:
        yield Site(uri)


KINDS = {"sqlite": ".tracker", "mlruns": "mlruns"}
"""Kinds of store that can be logged to, by the folders that make them."""


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store of the test's own; a test that is parametrised with it names the kind."""
    store = open_store(tmp_path / KINDS[getattr(request, "param", "sqlite")])
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
