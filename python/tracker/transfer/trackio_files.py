"""trackio's databases: one SQLite file for each project, a row for each call of `log`.

Read are the tables `metrics` and `configs`, of all versions: earlier ones tell runs apart by name,
later ones by an id. A row's `metrics` are JSON, with NaN and the infinities as texts.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from tracker.errors import StoreError
from tracker.store.headers import SQLITE, header_of
from tracker.store.mlflow_db.connection import reading
from tracker.transfer.foreign import (
    ForeignRun,
    ForeignSource,
    flat,
    milliseconds,
    number,
    param_text,
)
from tracker.transfer.given import GivenFiles

_HISTORY = "trackio/history.jsonl"
_MOST_TEXT = 64 * 1024 * 1024
_MOST_DATABASES = 200
_LONGEST = 16 * 1024 * 1024


def is_database(path: Path) -> bool:
    """Whether a file is a database of trackio's."""
    try:
        if header_of(path, len(SQLITE)) != SQLITE:
            return False
        with reading(path) as connection:
            return {"run_name", "metrics", "step", "timestamp"} <= _columns(connection, "metrics")
    except (OSError, StoreError, sqlite3.Error):
        return False


def is_folder(path: Path) -> bool:
    """Whether a folder holds databases of trackio's."""
    return bool(_databases(path))


def open_database(path: Path) -> ForeignSource:
    """Return the runs in one database. Raises StoreError."""
    return _source([path], path)


def open_folder(path: Path) -> ForeignSource:
    """Return the runs in all databases of a folder. Raises StoreError."""
    return _source(_databases(path), path)


def _databases(folder: Path) -> list[Path]:
    """Return the databases of trackio's in a folder. Of very many files only the first count."""
    return [it for it in sorted(folder.glob("*.db"))[:_MOST_DATABASES] if is_database(it)]


def _source(databases: list[Path], place: Path) -> ForeignSource:
    units = {}
    for database in databases:
        with _opened(database) as connection:
            for key in _run_keys(connection):
                units[f"{database}: {key}"] = partial(_runs, database, key)
    projects = [it.stem for it in databases]
    return ForeignSource(f"{len(units)} runs of trackio's in {place}", units, projects)


def _runs(database: Path, key: str) -> Iterator[ForeignRun]:
    with _opened(database) as connection:
        yield _read(connection, database.stem, key)


def _read(connection: sqlite3.Connection, project: str, key: str) -> ForeignRun:
    run = ForeignRun(key, project, (project, key), "trackio")
    column = _key_column(connection, "metrics")
    rest: list[bytes] = []
    for name, timestamp, step, logged in connection.execute(
        f"SELECT run_name, timestamp, step, metrics FROM metrics WHERE {column} = ? ORDER BY id",
        (key,),
    ):
        run.name = str(name)
        at = _ms(timestamp)
        _log(run, at or 0, step, _object(logged), rest)
        if at is not None:
            run.start_time = at if run.start_time is None else min(run.start_time, at)
            run.end_time = max(run.end_time or at, at)
    _take_config(connection, run, key)
    _take_system(connection, run, key)
    if column == "run_id":
        run.tags["trackio.run_id"] = key
    if rest:
        run.artifacts = GivenFiles({_HISTORY: b"".join(rest)})
    return run


def _log(run: ForeignRun, at: int, step: object, row: dict[str, Any], rest: list[bytes]) -> None:
    if isinstance(step, bool) or not isinstance(step, int):
        run.left.append(f"a row at the step {step!r}, which is no whole number")
        return
    others = {}
    for key, value in row.items():
        for name, inner in flat(value, key):
            found = number(inner)
            if found is None:
                others[name] = inner
            else:
                run.log(name, found, at, step)
    if others:
        line = json.dumps({"step": step, "timestamp": at, **others}, ensure_ascii=False)
        if sum(map(len, rest)) + len(line) < _MOST_TEXT:
            rest.append(line.encode() + b"\n")
        else:
            run.left.append("a row that is no number, beyond the most that is kept")


def _take_config(connection: sqlite3.Connection, run: ForeignRun, key: str) -> None:
    if not _columns(connection, "configs"):
        return
    column = _key_column(connection, "configs")
    for (config,) in connection.execute(f"SELECT config FROM configs WHERE {column} = ?", (key,)):
        found = _object(config)
        user, created, group = (found.pop(it, None) for it in ("_Username", "_Created", "_Group"))
        run.user = user if isinstance(user, str) else ""
        if (at := _ms(created)) is not None:
            run.start_time = at
        if isinstance(group, str):
            run.tags["trackio.group"] = group
        run.params |= {name: param_text(it) for name, it in flat(found) if found}


def _take_system(connection: sqlite3.Connection, run: ForeignRun, key: str) -> None:
    if not _columns(connection, "system_metrics"):
        return
    column = _key_column(connection, "system_metrics")
    rows = connection.execute(
        f"SELECT timestamp, metrics FROM system_metrics WHERE {column} = ? ORDER BY id", (key,)
    )
    for step, (timestamp, logged) in enumerate(rows):
        for name, inner in flat(_object(logged)):
            found = number(inner)
            if found is not None:
                run.log(f"system/{name}", found, _ms(timestamp) or 0, step)


def _run_keys(connection: sqlite3.Connection) -> list[str]:
    found: dict[str, None] = {}
    for table in ("configs", "metrics"):
        if _columns(connection, table):
            column = _key_column(connection, table)
            rows = connection.execute(f"SELECT {column} FROM {table} GROUP BY 1 ORDER BY min(id)")
            found |= {str(key): None for (key,) in rows}
    return list(found)


def _key_column(connection: sqlite3.Connection, table: str) -> str:
    return "run_id" if "run_id" in _columns(connection, table) else "run_name"


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """Return the columns of a table proper: a view of a stranger's might never end."""
    query = (
        "SELECT its.name FROM sqlite_master AS it, pragma_table_info(it.name) AS its "
        "WHERE it.type = 'table' AND it.sql NOT LIKE 'CREATE VIRTUAL%' AND it.name = ?"
    )
    return {name for (name,) in connection.execute(query, (table,))}


def _object(given: object) -> dict[str, Any]:
    """Return the object in a column of JSON. Raises StoreError."""
    if not isinstance(given, str | bytes) or len(given) > _LONGEST:
        raise StoreError("a row holds no JSON, or too much of it")
    try:
        found = json.loads(given)
    except (ValueError, RecursionError) as error:
        raise StoreError("a row holds no JSON") from error
    if not isinstance(found, dict):
        raise StoreError("a row holds no object of JSON")
    return found


def _ms(timestamp: object) -> int | None:
    if not isinstance(timestamp, str):
        return None
    try:
        moment = datetime.fromisoformat(timestamp)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return milliseconds(moment.timestamp())
    except (ValueError, OverflowError, OSError):
        return None


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that only reads. Raises StoreError."""
    try:
        with reading(database) as connection:
            yield connection
    except sqlite3.Error as error:
        raise StoreError(f"{database} cannot be read: {error}.") from error
