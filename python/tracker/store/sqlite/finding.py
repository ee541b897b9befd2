"""Searches: filter and order as text -> ids of rows, sorted, one page of them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tracker.errors import NotFound
from tracker.store import paging
from tracker.store.sqlite import experiments

if TYPE_CHECKING:
    from tracker.search import Sql

# The grammar is imported by those who search: recording a run does without it, 15 ms sooner.


_FEW = 5_000
"""Rows that are looked up one by one in 2 ms; asking the indexes of a large store takes 20."""


class Page(NamedTuple):
    """One page of row ids and what to say of the rest."""

    ids: list[int]
    token: str | None
    total: int


class Query(NamedTuple):
    """Which rows, in which order; made by `runs_query` or `experiments_query`.

    `where_of_few` is the same condition as `where`, sooner answered where few rows are asked.
    """

    table: str
    where: Sql
    where_of_few: Sql
    joins: Sql
    terms: Sql
    limit: int
    offset: int


def runs_query(
    filter_string: str,
    order_by: Sequence[str],
    max_results: int,
    page_token: str | None,
    artifact_root: str,
) -> Query:
    """Return a query for runs. Raises FilterError, InvalidValue; it needs no database yet."""
    from tracker.search import compile_order, compile_where, parse_order_by, parse_runs_filter

    now = time.time_ns() // 1_000_000
    node = parse_runs_filter(filter_string)
    where = compile_where(node, now, artifact_root=artifact_root)
    where_of_few = compile_where(node, now, artifact_root=artifact_root, drive=False)
    order = compile_order(parse_order_by(order_by), now, artifact_root=artifact_root)
    limit, offset = paging.check_max_results(max_results), paging.parse_token(page_token)
    return Query("runs", where, where_of_few, order.joins, order.terms, limit, offset)


def experiments_query(
    filter_string: str, order_by: Sequence[str], max_results: int, page_token: str | None
) -> Query:
    """Return a query for experiments. Raises FilterError, InvalidValue."""
    from tracker.search import (
        compile_order,
        compile_where,
        parse_experiments_filter,
        parse_experiments_order_by,
    )

    now = time.time_ns() // 1_000_000
    where = compile_where(parse_experiments_filter(filter_string), now)
    order = compile_order(parse_experiments_order_by(order_by), now)
    limit, offset = paging.check_max_results(max_results), paging.parse_token(page_token)
    return Query("experiments", where, where, order.joins, order.terms, limit, offset)


def anywhere() -> Sql:
    """Return the condition that is always true."""
    from tracker.search import Sql

    return Sql("1")


def in_experiments(connection: sqlite3.Connection, experiment_ids: Sequence[str] | None) -> Sql:
    """Return the condition that a run is of these experiments; unknown ids hold no runs."""
    from tracker.search import Sql

    if experiment_ids is None:
        return anywhere()
    known = []
    for experiment_id in experiment_ids:
        try:
            known.append(experiments.row_id(connection, experiment_id))
        except NotFound:
            continue
    return Sql(f"runs.experiment IN ({','.join(map(str, known))})")


def find(connection: sqlite3.Connection, query: Query, stages: Sequence[str], among: Sql) -> Page:
    """Return a page of what a query finds in these lifecycle stages and `among` those rows."""
    table, where, where_of_few, joins, terms, limit, offset = query
    if where != where_of_few:
        if _are_few(connection, table, among):
            where = where_of_few
        else:
            # The plus keeps SQLite from starting at the experiments, where the filter yields less.
            among = among._replace(text=f"+{among.text}")
    marks = ", ".join("?" * len(stages))
    condition = f"({where.text}) AND {table}.lifecycle_stage IN ({marks}) AND {among.text}"
    values = (*where.values, *stages, *among.values)
    # Where all that is found must be sorted anyway, counting in passing saves finding it twice.
    counts_in_passing = bool(joins.text) and where.text != "1"
    count = "count(*) OVER ()" if counts_in_passing else "NULL"
    rows = connection.execute(
        f"SELECT {table}.id, {count} FROM {table} {joins.text} WHERE {condition} "
        f"ORDER BY {terms.text} LIMIT ? OFFSET ?",
        (*joins.values, *values, *terms.values, limit, offset),
    ).fetchall()
    if counts_in_passing and rows:
        total = rows[0][1]
    else:
        (total,) = connection.execute(
            f"SELECT count(*) FROM {table} WHERE {condition}", values
        ).fetchone()
    ids = [row[0] for row in rows]
    return Page(ids, paging.next_token(offset, len(ids), total), total)


def _are_few(connection: sqlite3.Connection, table: str, among: Sql) -> bool:
    (count,) = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {among.text} LIMIT {_FEW + 1})",
        among.values,
    ).fetchone()
    return int(count) <= _FEW
