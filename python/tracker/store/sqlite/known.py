"""Which names and values there are, told by the indexes: in ms also of 100,000 runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from tracker.search.syntax import Field, Kind
from tracker.search.vocabulary import DATASET_CONTEXT_TAG
from tracker.store.known import COUNTED, MOST_KEYS, KnownValues, most_common, quartiles
from tracker.store.sqlite.connection import Database

LOOKED_AT = 5_000
"""Newest runs that tell the values of what has no index."""

_TABLES = {Kind.PARAM: "params", Kind.METRIC: "metrics", Kind.TAG: "tags"}
_COLUMNS = {"run_id": "run_id", "run_name": "run_name", "user_id": "user_id", "status": "status"}


class StoredNames:
    """See `tracker.store.known.KnownNames`."""

    def __init__(self, database: Database) -> None:
        self._reading = database.reading

    def keys(self) -> Mapping[Kind, Sequence[tuple[str, int]]]:
        """Return the keys of params, metrics and tags, the most common first."""
        with self._reading() as connection:
            return {kind: _keys(connection, table) for kind, table in _TABLES.items()}

    def values(self, field: Field, typed: str, limit: int) -> KnownValues:
        """Return the values of a field that contain what was typed, whatever its case."""
        with self._reading() as connection:
            if field.kind is Kind.METRIC:
                is_last = field.summary == "last"
                return KnownValues(numbers=_numbers(connection, field.key) if is_last else [])
            return KnownValues(texts=_texts(connection, field, _containing(typed), limit))


def _keys(connection: sqlite3.Connection, table: str) -> list[tuple[str, int]]:
    # Each step is one look into the index that begins with the key: as many as there are keys.
    rows = connection.execute(
        f"WITH RECURSIVE found(key) AS (SELECT min(key) FROM {table} UNION ALL "
        f"SELECT (SELECT min(key) FROM {table} WHERE key > found.key) FROM found "
        "WHERE found.key IS NOT NULL LIMIT ?) SELECT key, "
        f"(SELECT count(*) FROM (SELECT 1 FROM {table} WHERE key = found.key LIMIT {COUNTED})) "
        "FROM found WHERE key IS NOT NULL",
        (MOST_KEYS,),
    )
    return most_common(rows, MOST_KEYS)


def _numbers(connection: sqlite3.Connection, key: str) -> list[float]:
    where = "FROM metrics WHERE key = ? AND last IS NOT NULL"
    (count,) = connection.execute(f"SELECT count(*) {where}", (key,)).fetchone()
    found = []
    for quarter in range(5 if count else 0):
        place = (count - 1) * quarter // 4
        query = f"SELECT last {where} ORDER BY last LIMIT 1 OFFSET ?"
        found.append(connection.execute(query, (key, place)).fetchone()[0])
    return list(dict.fromkeys(value for value in found if quartiles([value])))


def _texts(
    connection: sqlite3.Connection, field: Field, like: str, limit: int
) -> list[tuple[str, int]]:
    if field.kind is Kind.ATTRIBUTE and field.key in ("run_name", "run_id"):
        # There are as many of these as runs: the newest are meant.
        column = _COLUMNS[field.key]
        rows = connection.execute(
            f"SELECT {column} FROM runs WHERE lifecycle_stage = 'active' "
            f"AND {column} LIKE ? ESCAPE '\\' ORDER BY start_time DESC, run_id LIMIT ?",
            (like, limit),
        )
        names = [name for (name,) in rows]
        return [(name, names.count(name)) for name in dict.fromkeys(names)]
    source, given = _source(field)
    rows = connection.execute(
        f"SELECT value, count(*) AS runs FROM {source} "
        "AND value LIKE ? ESCAPE '\\' AND value != '' GROUP BY value "
        "ORDER BY runs DESC, value LIMIT ?",
        (*given, like, limit),
    )
    return [(str(value), count) for value, count in rows]


def _source(field: Field) -> tuple[str, tuple[str, ...]]:
    """Return the rows that have the values, as far as WHERE; an index yields them in order."""
    if field.kind in _TABLES:
        return f"{_TABLES[field.kind]} WHERE key = ?", (field.key,)
    if field.kind is Kind.DATASET and field.key == "context":
        return "input_tags WHERE key = ?", (DATASET_CONTEXT_TAG,)
    if field.kind is Kind.DATASET:
        column = "name" if field.key == "name" else "digest"
        joined = "inputs JOIN datasets ON datasets.id = inputs.dataset"
        return f"(SELECT datasets.{column} AS value FROM {joined}) WHERE 1", ()
    column = _COLUMNS.get(field.key, "NULL")
    newest = f"WHERE lifecycle_stage = 'active' ORDER BY start_time DESC, run_id LIMIT {LOOKED_AT}"
    return f"(SELECT {column} AS value FROM runs {newest}) WHERE 1", ()


def _containing(typed: str) -> str:
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped[:200]}%"
