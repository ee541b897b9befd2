"""Groups of runs and their metrics, counted by SQLite. The sums of 100,000 runs take 0.1 s."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tracker.entities import ViewType
from tracker.search.syntax import Field, Kind
from tracker.store.grouping import Group, GroupQuery, Groups, Spread, ordered
from tracker.store.sqlite import finding
from tracker.store.sqlite.connection import Database

if TYPE_CHECKING:
    from tracker.search import Sql

Stages = dict[ViewType, tuple[str, ...]]


class SqliteGrouper:
    """A `tracker.store.grouping.Grouper` over the tables of one store."""

    def __init__(
        self,
        database: Database,
        artifact_root: str,
        stages: Stages,
        catch_up: Callable[[], None],
    ) -> None:
        self._database = database
        self._artifact_root = artifact_root
        self._stages = stages
        self._catch_up = catch_up

    def groups(self, query: GroupQuery) -> Groups:
        """Return the groups. Raises FilterError."""
        where = self._where(query)
        self._catch_up()
        with self._database.reading() as connection:
            condition = self._condition(connection, query, where)
            rows = _read_groups(connection, query, condition)
        groups = ordered([_group(row, len(query.metrics)) for row in rows], query)
        return Groups(groups[: query.limit], len(groups), sum(group.count for group in groups))

    def strays(self, query: GroupQuery, limit: int) -> list[str] | None:
        """Return ids of runs that the query finds while it finds no run of the id in their tag."""
        where, key = self._where(query), query.by.key
        with self._database.reading() as connection:
            row = connection.execute("SELECT 1 FROM tags WHERE key = ? LIMIT 1", (key,)).fetchone()
            if row is None:
                return None
            condition = self._condition(connection, query, where)
            # What belongs together is looked up once for each value, not once for each run.
            found = connection.execute(
                "WITH lost AS MATERIALIZED (SELECT value FROM "
                "(SELECT DISTINCT value FROM tags WHERE key = ?) AS named WHERE NOT EXISTS "
                f"(SELECT 1 FROM runs WHERE run_id = named.value AND {condition.text})) "
                "SELECT runs.run_id FROM tags AS parent CROSS JOIN runs ON runs.id = parent.run "
                "WHERE parent.key = ? AND parent.value IN (SELECT value FROM lost) "
                f"AND {condition.text} LIMIT ?",
                (key, *condition.values, key, *condition.values, limit),
            )
            return [run_id for (run_id,) in found]

    def counts(self, query: GroupQuery, values: Sequence[str]) -> dict[str, int]:
        """Return the number of runs that the query finds, by those values of their tag."""
        where = self._where(query)
        with self._database.reading() as connection:
            condition = self._condition(connection, query, where)
            found = connection.execute(
                "SELECT named.value, count(*) FROM tags AS named "
                "CROSS JOIN runs ON runs.id = named.run "
                f"WHERE named.key = ? AND named.value IN ({', '.join('?' * len(values))}) "
                f"AND {condition.text} GROUP BY named.value",
                (query.by.key, *values, *condition.values),
            )
            return dict(found.fetchall())

    def _where(self, query: GroupQuery) -> Sql:
        return finding.runs_query(query.filter_string, (), 1, None, self._artifact_root).where

    def _condition(self, connection: sqlite3.Connection, query: GroupQuery, where: Sql) -> Sql:
        among = finding.in_experiments(connection, query.experiment_ids)
        stages = self._stages[query.view_type]
        marks = ", ".join("?" * len(stages))
        text = f"({where.text}) AND runs.lifecycle_stage IN ({marks}) AND {among.text}"
        return where._replace(text=text, values=(*where.values, *stages, *among.values))


def _read_groups(
    connection: sqlite3.Connection, query: GroupQuery, condition: Sql
) -> list[tuple[Any, ...]]:
    """Return value, count and newest of each group, then count, mean and two sums of each metric.

    Numbers are squared after something near them was taken away: squares of large numbers that
    differ little would leave nothing of the difference.
    """
    table = "params" if query.by.kind is Kind.PARAM else "tags"
    columns = ["by_value.value", "count(*)", "max(runs.start_time)"]
    joins = [f"LEFT JOIN {table} by_value ON by_value.run = runs.id AND by_value.key = ?"]
    values: list[object] = []
    keys: list[object] = [query.by.key]
    for number, metric in enumerate(query.metrics):
        alias = f"metric{number}"
        column = f"{alias}.{metric.summary}"
        near = f"({column} - ?)"
        columns += [f"count({column})", f"avg({column})", f"sum({near})", f"sum({near} * {near})"]
        values += [_near(connection, metric)] * 3
        joins.append(f"LEFT JOIN metrics {alias} ON {alias}.run = runs.id AND {alias}.key = ?")
        keys.append(metric.key)
    return connection.execute(
        f"SELECT {', '.join(columns)} FROM runs {' '.join(joins)} "
        f"WHERE {condition.text} GROUP BY by_value.value",
        (*values, *keys, *condition.values),
    ).fetchall()


def _near(connection: sqlite3.Connection, metric: Field) -> float:
    """Return a value of the metric, any that is finite."""
    row = connection.execute(
        f"SELECT {metric.summary} FROM metrics WHERE key = ? AND abs({metric.summary}) < 1e300 "
        "LIMIT 1",
        (metric.key,),
    ).fetchone()
    return 0.0 if row is None else float(row[0])


def _group(row: Sequence[Any], metrics: int) -> Group:
    value, count, newest = row[:3]
    spreads = tuple(_spread(*row[3 + 4 * i : 7 + 4 * i]) for i in range(metrics))
    return Group(value, count, newest or 0, spreads)


def _spread(
    count: int, mean: float | None, total: float | None, squares: float | None
) -> Spread | None:
    if count == 0:
        return None
    # Sums of infinities of both signs are NULL.
    mean = math.nan if mean is None else mean
    if count == 1:
        return Spread(count, mean, None)
    if total is None or squares is None or not math.isfinite(squares):
        return Spread(count, mean, math.nan)
    variance = max(0.0, squares - total * total / count) / (count - 1)
    return Spread(count, mean, math.sqrt(variance))
