"""Looking at a database that this process has open leaves its locks alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker.store import open_store
from tracker.store.headers import SQLITE, header_of
from tracker.store.mlflow_db.connection import is_mlflow_database
from tracker.transfer import open_source

LAST = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM runs").fetchone()
connection.close()  # whoever is the last one takes the log away
"""


@pytest.mark.parametrize(
    "look",
    [
        lambda path: header_of(path, 16) == SQLITE,
        lambda path: not is_mlflow_database(path),
        lambda path: bool(open_source(path.parent)) and bool(open_source(path)),
    ],
)
def test_another_process_is_not_taken_for_the_last_one(
    tmp_path: Path, look: Callable[[Path], bool]
) -> None:
    path = tmp_path / ".tracker" / "tracker.db"
    store = open_store(path.parent)
    run_id = store.create_run("0").info.run_id
    assert path.with_name("tracker.db-wal").stat().st_size > 0
    assert look(path)
    subprocess.run([sys.executable, "-c", LAST, str(path)], check=True)
    assert path.with_name("tracker.db-wal").stat().st_size > 0
    assert store.update_run(run_id, status="FINISHED").info.status == "FINISHED"


def test_a_file_that_took_the_place_of_another_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"first")
    assert header_of(path, 100) == b"first"
    (tmp_path / "b.db").write_bytes(b"second")
    (tmp_path / "b.db").replace(path)
    assert header_of(path, 3) == b"sec"
    with pytest.raises(FileNotFoundError):
        header_of(tmp_path / "none", 3)
