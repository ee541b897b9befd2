"""A real `mlflow server`, started once and emptied for every test; and ours, that can be gone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rest.servers import mlflow_server
from tests.store.rest.between import Between, between
from tracker.entities import Run, ViewType
from tracker.rest.serving import LoopbackServer
from tracker.store import Store, open_store

_KEPT = ("alembic_version", "workspaces")


@dataclass(frozen=True)
class Mlflow:
    """A running `mlflow server` and its database."""

    uri: str
    database: Path

    def empty(self) -> None:
        """Leave nothing but the default experiment."""
        with closing(sqlite3.connect(self.database, timeout=60)) as connection, connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                if table == "experiments":
                    connection.execute("DELETE FROM experiments WHERE experiment_id != 0")
                elif table not in _KEPT and not table.startswith("sqlite_"):
                    connection.execute(f'DELETE FROM "{table}"')


@pytest.fixture(scope="session")
def mlflow_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mlflow]:
    folder = tmp_path_factory.mktemp("mlflow")
    with mlflow_server(folder) as uri:
        yield Mlflow(uri, folder / "mlflow.db")


@pytest.fixture
def mlflow(mlflow_site: Mlflow) -> Mlflow:
    """The server, empty."""
    mlflow_site.empty()
    return mlflow_site


@pytest.fixture(autouse=True)
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of outboxes, of the test's own; no environment tells credentials."""
    for name in list(os.environ):
        if name.startswith(("MLFLOW_", "TRACKER_", "DATABRICKS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRACKER_OUTBOX", str(tmp_path / "outbox"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / "outbox"


@dataclass(frozen=True)
class Ours:
    """Our server over the store `behind`, and what stands before it."""

    front: Between
    behind: Store

    @property
    def uri(self) -> str:
        """The address that clients use."""
        return self.front.uri

    @property
    def runs(self) -> list[Run]:
        """What the server has, newest first."""
        return list(self.behind.search_runs(None, view_type=ViewType.ALL))


@pytest.fixture
def ours(tmp_path: Path, outbox: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ours]:
    behind = open_store(tmp_path / "server")
    with LoopbackServer(behind) as endpoint, between(endpoint.uri) as front:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield Ours(front, behind)
    behind.close()


@pytest.fixture
def store(ours: Ours) -> Iterator[Store]:
    """Our client of our server."""
    store = open_store(ours.uri)
    yield store
    ours.front.loses = lambda path: False
    store.close()
