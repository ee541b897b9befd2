"""A real `mlflow server`, started once and emptied for every test; and ours, that can be gone."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mlflow_databases import new_database
from tests.rest.servers import free_port, wait_until_healthy
from tests.store.rest.between import Between, between
from tracker.entities import Run, ViewType
from tracker.rest.serving import LoopbackServer
from tracker.store import Store, open_store

_KEPT = ("alembic_version", "workspaces")


class Mlflow:
    """A `mlflow server` on a port of its own, its database and artifacts in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.uri = f"http://127.0.0.1:{self._port}"
        self.database = folder / "mlflow.db"
        new_database(self.database)

    def start(self) -> None:
        """Begin to answer."""
        command = [sys.executable, "-m", "mlflow", "server", "--workers", "1"]
        command += ["--host", "127.0.0.1", "--port", str(self._port)]
        command += ["--backend-store-uri", f"sqlite:///{self.database}"]
        command += ["--artifacts-destination", str(self._folder / "artifacts")]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "TRACKER_"))}
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                command,
                env={**kept, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until_healthy(self.uri, self._process)

    def kill(self) -> None:
        """Be gone at once, whatever is being answered."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)

    def empty(self) -> None:
        """Leave nothing but the default experiment."""
        with closing(sqlite3.connect(self.database, timeout=60)) as connection, connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                if table == "experiments":
                    connection.execute("DELETE FROM experiments WHERE experiment_id != 0")
                elif table not in _KEPT and not table.startswith("sqlite_"):
                    connection.execute(f'DELETE FROM "{table}"')

    def points(self) -> list[tuple[int, float]]:
        """Return step and value of all points in the database, by step."""
        with closing(sqlite3.connect(self.database, timeout=60)) as connection:
            return connection.execute("SELECT step, value FROM metrics ORDER BY step").fetchall()


@pytest.fixture(scope="session")
def mlflow_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mlflow]:
    server = Mlflow(tmp_path_factory.mktemp("mlflow"))
    try:
        server.start()
        yield server
    finally:
        server.kill()


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
