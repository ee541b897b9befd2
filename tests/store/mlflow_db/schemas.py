"""Databases as MLflow left them over the years: its own migrations, stopped on the way."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

INITIAL = "1.0"
REVISIONS = [
    "451aebb31d03", "90e64c465722", "89d4b8295536", "a8c4a736bde6", "97727af70f4d",
    "acf3f17fdcc7", "867495a8f9d4", "5b0e9adcef9c", "bda7b8c39065", "770bee3ae1dd",
    "bf29a5ff90ea", "1bd49d398cd23", "d3e4f5a6b7c8", "1b5f0d9ad7c1", "c3d6457b6d8a", "dc11669786a5",
]  # fmt: skip
"""Schemas met in public repositories, and the first ones, oldest first."""


def make_databases(folder: Path) -> dict[str, Path]:
    """Return an empty database of each schema by its revision."""
    import sqlalchemy
    from alembic import command
    from mlflow.store.db.utils import _get_alembic_config
    from mlflow.store.tracking.dbmodels.initial_models import Base

    growing = folder / "growing.db"
    url = f"sqlite:///{growing}"
    engine = sqlalchemy.create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    found = {INITIAL: Path(shutil.copy(growing, folder / "initial.db"))}
    make_config: Any = _get_alembic_config
    config = make_config(url)
    for revision in REVISIONS:
        command.upgrade(config, revision)
        found[revision] = Path(shutil.copy(growing, folder / f"{revision}.db"))
    return found


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, object]) -> None:
    """Insert what the table has columns for in this schema."""
    there = {found[1] for found in connection.execute(f"PRAGMA table_info({table})")}
    known = {name: value for name, value in row.items() if name in there}
    if known:
        marks = ", ".join("?" * len(known))
        connection.execute(
            f"INSERT INTO {table}({', '.join(known)}) VALUES ({marks})", tuple(known.values())
        )
