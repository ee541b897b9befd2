from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from tracker.store import open_store
from tracker.store.sqlite import schema
from tracker.store.sqlite.connection import connect
from tracker.store.sqlite.upgrading import STEPS, upgrade

LATER = schema.VERSION + 2


def add_column(database: Database) -> None:
    database.table("datasets").add_column("color", str)


def rename_column(database: Database) -> None:
    database.table("datasets").transform(rename={"color": "hue"})


STEPS_TO_LATER = {schema.VERSION: add_column, schema.VERSION + 1: rename_column}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = open_store(tmp_path)
    store.update_run(store.create_run("0", run_name="old").info.run_id, status="FINISHED")
    store.close()
    return tmp_path / "tracker.db"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(path)) as connection:
        yield connection


def columns(connection: sqlite3.Connection) -> set[str]:
    return {row[1] for row in connection.execute("PRAGMA table_info(datasets)")}


def version(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def test_there_is_a_step_from_every_earlier_version() -> None:
    assert sorted(STEPS) == list(range(1, schema.VERSION))


def test_an_old_store_is_carried_forward_step_by_step(
    path: Path, connection: sqlite3.Connection
) -> None:
    upgrade(connection, path, steps=STEPS_TO_LATER, target=LATER)
    assert version(connection) == LATER
    assert "hue" in columns(connection) and "color" not in columns(connection)
    assert connection.execute("SELECT run_name FROM runs").fetchall() == [("old",)]


def test_a_copy_of_the_old_store_is_kept(path: Path, connection: sqlite3.Connection) -> None:
    upgrade(connection, path, steps=STEPS_TO_LATER, target=LATER)
    copy = path.with_name(f"tracker.db.v{schema.VERSION}.bak")
    with closing(sqlite3.connect(copy)) as kept:
        assert version(kept) == schema.VERSION
        assert kept.execute("SELECT run_name FROM runs").fetchall() == [("old",)]
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert sorted(it.name for it in path.parent.glob("*.bak*")) == [copy.name]


def test_an_upgrade_that_fails_changes_nothing(path: Path, connection: sqlite3.Connection) -> None:
    def fail(database: Database) -> None:
        rename_column(database)
        raise RuntimeError("power cut")

    steps = {schema.VERSION: add_column, schema.VERSION + 1: fail}
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade(connection, path, steps=steps, target=LATER)
    assert version(connection) == schema.VERSION
    assert not columns(connection) & {"hue", "color"}
    upgrade(connection, path, steps=STEPS_TO_LATER, target=LATER)
    assert "hue" in columns(connection)


def test_a_store_that_another_process_upgraded_is_left_alone(
    path: Path, connection: sqlite3.Connection
) -> None:
    upgrade(connection, path, steps={}, target=schema.VERSION)
    assert version(connection) == schema.VERSION
    assert list(path.parent.glob("*.bak*")) == []
