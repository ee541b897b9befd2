"""Stores that hold many finished runs of 10 params and 10 metrics, the same in every tool.

The first run is logged as anybody would. The others are its rows over again, with values, names,
ids and times of their own, written as SQL into the same tables by the thousand: what is searched
afterwards is what as many logged runs would have left, without the hours that some tools take.
"""

from __future__ import annotations

import random
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import md5
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from tests.benchmarks.bench import Bench, Prepared
from tests.benchmarks.peers import OURS, make_tool
from tests.benchmarks.processes import in_new_process
from tracker.store.sqlite.columns import pack

MLFLOW = "MLflow SQLite"
PARAMS = 10
_BATCH = 1_000
_MINUTE = 60_000
_CHOICES = ("0.1", "0.01", "0.001")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunData:
    """What the run of a number has logged; `number` counts from 0."""

    number: int
    params: Mapping[str, str]
    metrics: Mapping[str, float]


def generated_runs(param_count: int = PARAMS) -> Iterator[RunData]:
    """Yield runs without end, always the same ones."""
    chance = random.Random(0)
    number = 0
    while True:
        params = {f"p{index}": chance.choice(_CHOICES) for index in range(param_count)}
        yield RunData(number, params, {f"m{index}": chance.random() for index in range(10)})
        number += 1


def store_of_runs(bench: Bench, name: str, count: int) -> Prepared:
    """Return a tool's store with `count` runs, filled once for all benchmarks."""
    return bench.prepared(
        f"{count}-runs-{name.replace(' ', '-')}",
        lambda folder: in_new_process(folder, fill, name, count),
    )


# -- in the fresh process ---------------------------------------------------------------------


def fill(name: str, count: int, param_count: int = PARAMS) -> dict[str, float]:
    """Log the first run and write the copies."""
    copier = _COPIERS[name]()
    # In a process that has ended when the copies are made.
    in_new_process(Path("first").absolute(), log_run, name, str(Path.cwd()), 0, param_count)
    with closing(sqlite3.connect(copier.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        pattern = {table: _rows_of(connection, table) for table in copier.tables}
        rest = islice(generated_runs(param_count), 1, count)
        while batch := list(islice(rest, _BATCH)):
            connection.execute("BEGIN")
            for table, rows in pattern.items():
                copies = [copier.copy(table, row, run) for run in batch for row in rows]
                _insert(connection, table, copies)
            copier.finish(connection, batch[-1])
            connection.execute("COMMIT")
    return {}


def log_run(name: str, folder: str, number: int, param_count: int = PARAMS) -> None:
    """Log the run of a number as anybody would."""
    run = next(islice(generated_runs(param_count), number, None))
    tool = make_tool(name, Path(folder))
    tool.start(run.params)
    tool.log_metrics(run.metrics)
    tool.end()


def _rows_of(connection: sqlite3.Connection, table: str) -> list[Row]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
    names = ", ".join(f'"{name}"' for name in rows[0])
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(
        f"INSERT INTO {table}({names}) VALUES ({marks})", [tuple(row.values()) for row in rows]
    )


class Copier(Protocol):
    """How rows of one run become those of another."""

    path: Path
    tables: tuple[str, ...]

    def copy(self, table: str, row: Row, run: RunData) -> Row:
        """Return the row of the first run as it is for this one, columns in the same order."""

    def finish(self, connection: sqlite3.Connection, last: RunData) -> None:
        """Write what must be known of all runs so far."""


class _CopierOfOurs:
    path = Path("store") / "tracker.db"
    tables: tuple[str, ...] = ("runs", "params", "tags", "metrics", "journals", "metric_segments")

    def copy(self, table: str, row: Row, run: RunData) -> Row:
        later = run.number * _MINUTE
        if table == "runs":
            return row | {
                "id": 1 + run.number,
                "run_id": _id_of(run),
                "run_name": _name_of(run),
                "start_time": row["start_time"] + later,
                "end_time": row["end_time"] + later,
                "artifact_uri": row["artifact_uri"].replace(row["run_id"], _id_of(run)),
                "revision": row["revision"] + run.number,
            }
        changed = row | {"run": 1 + run.number}
        if table == "params":
            return changed | {"value": run.params[row["key"]]}
        if table == "tags":
            return changed | _tag(row, run)
        if table == "journals":
            return changed | {"id": None, "journal_id": _id_of(run)}
        value = run.metrics[row["key"]]
        if table == "metrics":
            times = {"last_timestamp": row["last_timestamp"] + later}
            return changed | {"last": value, "min": value, "max": value} | times
        packed = pack(array("q", [0]), array("q", [_MINUTE * run.number]), array("d", [value]))
        return changed | {
            "id": None,
            "journal_id": _id_of(run),
            "min": value,
            "max": value,
            "timestamps": packed.timestamps,
            "values": packed.values,
        }

    def finish(self, connection: sqlite3.Connection, last: RunData) -> None:
        connection.execute(
            "UPDATE state SET value = (SELECT max(revision) FROM runs) WHERE name = 'revision'"
        )


class _CopierOfMlflow:
    path = Path("mlflow.db")
    tables: tuple[str, ...] = ("runs", "params", "tags", "metrics", "latest_metrics")

    def copy(self, table: str, row: Row, run: RunData) -> Row:
        changed = row | {"run_uuid": _id_of(run)}
        later = run.number * _MINUTE
        if table == "runs":
            return changed | {
                "name": _name_of(run),
                "start_time": row["start_time"] + later,
                "end_time": row["end_time"] + later,
                "artifact_uri": row["artifact_uri"].replace(row["run_uuid"], _id_of(run)),
            }
        if table == "params":
            return changed | {"value": run.params[row["key"]]}
        if table == "tags":
            return changed | _tag(row, run)
        value = run.metrics[row["key"]]
        return changed | {"value": value, "timestamp": row["timestamp"] + later}

    def finish(self, connection: sqlite3.Connection, last: RunData) -> None:
        """Do nothing: every row says all."""


def _id_of(run: RunData) -> str:
    """Return an id as random as real ones, the same at every call."""
    return md5(str(run.number).encode()).hexdigest()


def _name_of(run: RunData) -> str:
    return f"run-{run.number}"


def _tag(row: Row, run: RunData) -> Row:
    return {"value": _name_of(run) if row["key"] == "mlflow.runName" else row["value"]}


_COPIERS: dict[str, Callable[[], Copier]] = {OURS: _CopierOfOurs, MLFLOW: _CopierOfMlflow}
