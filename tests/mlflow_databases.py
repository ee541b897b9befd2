"""New databases of MLflow's without the seconds that its migrations take: copies of one."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path


def new_database(path: Path) -> str:
    """Put a database there as MLflow's migrations leave it, still empty; return its URI."""
    shutil.copyfile(_migrated(), path)
    return f"sqlite:///{path}"


@cache
def _migrated() -> Path:
    """Have MLflow make one, once in a process, and forget what depends on where it lies."""
    import mlflow

    folder = tempfile.mkdtemp(prefix="mlflow-database-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder, "mlflow.db")
    mlflow.MlflowClient(f"sqlite:///{path}").search_experiments()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # The default experiment names a folder; whoever opens a database without one makes it.
        connection.execute("DELETE FROM experiments")
    return path
