"""Entities written straight into the tables of the real schema, and found there again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from math import isnan

from tracker.entities import Experiment, Run
from tracker.search import (
    compile_order,
    compile_where,
    parse_experiments_filter,
    parse_experiments_order_by,
    parse_order_by,
    parse_runs_filter,
)
from tracker.store.sqlite.schema import TABLES


def new_tables() -> sqlite3.Connection:
    """Return a database in memory with the tables of a store."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLES)
    return connection


def add_runs(connection: sqlite3.Connection, runs: Iterable[Run]) -> None:
    """Write runs as the store writes them: a NaN as NULL."""
    for row, run in enumerate(runs, start=1):
        info = run.info
        connection.execute(
            "INSERT INTO runs(id, run_id, experiment, run_name, user_id, status, start_time, "
            "end_time, artifact_uri) VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?)",
            (row, info.run_id, info.run_name, info.user_id, info.status, info.start_time,
             info.end_time, info.artifact_uri),
        )  # fmt: skip
        for table, texts in (("params", run.data.params), ("tags", run.data.tags)):
            connection.executemany(
                f"INSERT INTO {table} VALUES (?, ?, ?)",
                [(row, key, value) for key, value in texts.items()],
            )
        for key, found in run.data.summaries.items():
            numbers = [None if isnan(x) else x for x in (found.last, found.min, found.max)]
            whole = (found.count, found.last_step, found.last_timestamp)
            connection.execute(
                "INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (row, key, *numbers, *whole)
            )
        _add_inputs(connection, row, run)


def _add_inputs(connection: sqlite3.Connection, row: int, run: Run) -> None:
    for given in run.inputs.dataset_inputs:
        dataset = given.dataset
        connection.execute(
            "INSERT OR IGNORE INTO datasets(name, digest, source_type, source) VALUES (?, ?, ?, ?)",
            (dataset.name, dataset.digest, dataset.source_type, dataset.source),
        )
        (number,) = connection.execute(
            "SELECT id FROM datasets WHERE name = ? AND digest = ?", (dataset.name, dataset.digest)
        ).fetchone()
        connection.execute("INSERT INTO inputs VALUES (?, ?)", (row, number))
        connection.executemany(
            "INSERT INTO input_tags VALUES (?, ?, ?, ?)",
            [(row, number, key, value) for key, value in given.tags.items()],
        )


def add_experiments(connection: sqlite3.Connection, experiments: Iterable[Experiment]) -> None:
    """Write experiments and their tags."""
    for experiment in experiments:
        row = int(experiment.experiment_id)
        times = (experiment.creation_time, experiment.last_update_time)
        connection.execute(
            "INSERT INTO experiments(id, name, creation_time, last_update_time) "
            "VALUES (?, ?, ?, ?)",
            (row, experiment.name, *times),
        )
        connection.executemany(
            "INSERT INTO experiment_tags VALUES (?, ?, ?)",
            [(row, key, value) for key, value in experiment.tags.items()],
        )


def find_runs(
    connection: sqlite3.Connection,
    text: str,
    order_by: Sequence[str] = (),
    *,
    now: int,
    drive: bool = True,
) -> list[str]:
    """Return the ids of the runs that SQL finds, in its order."""
    where = compile_where(parse_runs_filter(text), now, drive=drive)
    joins, terms = compile_order(parse_order_by(order_by), now)
    rows = connection.execute(
        f"SELECT runs.run_id FROM runs {joins.text} WHERE {where.text} ORDER BY {terms.text}",
        (*joins.values, *where.values, *terms.values),
    )
    return [run_id for (run_id,) in rows]


def find_experiments(
    connection: sqlite3.Connection, text: str, order_by: Sequence[str] = (), *, now: int
) -> list[str]:
    """Return the ids of the experiments that SQL finds, in its order."""
    where = compile_where(parse_experiments_filter(text), now)
    joins, terms = compile_order(parse_experiments_order_by(order_by), now)
    rows = connection.execute(
        f"SELECT experiments.id FROM experiments {joins.text} WHERE {where.text} "
        f"ORDER BY {terms.text}",
        (*joins.values, *where.values, *terms.values),
    )
    return [str(row) for (row,) in rows]
