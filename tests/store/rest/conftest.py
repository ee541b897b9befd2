"""A real `mlflow server`, started once and emptied for every test."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rest.servers import mlflow_server

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
