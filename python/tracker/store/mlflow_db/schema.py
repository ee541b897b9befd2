"""Which of MLflow's columns a database has: they came and went over the years."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

_READ = (
    "experiments", "experiment_tags", "runs", "metrics", "latest_metrics", "params", "tags",
    "datasets", "inputs", "input_tags",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables that are read, with the columns that each has here."""

    columns: Mapping[str, frozenset[str]]

    def has(self, table: str) -> bool:
        """Whether the table is there."""
        return table in self.columns

    def column(self, table: str, name: str, otherwise: str = "NULL") -> str:
        """Return SQL for a column of the table, or for what stands in where it is missing."""
        return f"{table}.{name}" if name in self.columns.get(table, ()) else otherwise

    @property
    def is_nan(self) -> str:
        """SQL for whether a row of `metrics` is NaN, which is stored as 0."""
        return self.column("metrics", "is_nan", "(metrics.value IS NULL)")

    @property
    def step(self) -> str:
        """SQL for the step of a row of `metrics`."""
        return self.column("metrics", "step", "0")


def read_schema(connection: sqlite3.Connection) -> Schema:
    """Return what the database has."""
    columns = {}
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = {name for (name,) in rows}
    for table in tables.intersection(_READ):
        rows = connection.execute(f"PRAGMA table_info({table})")
        columns[table] = frozenset(row[1] for row in rows)
    return Schema(columns)
