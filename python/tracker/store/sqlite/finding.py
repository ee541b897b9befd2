"""Searches: filter and order as text -> ids of rows, sorted, one page of them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import NamedTuple

from tracker.errors import NotFound
from tracker.search import (
    Sql,
    compile_order,
    compile_where,
    parse_experiments_filter,
    parse_experiments_order_by,
    parse_order_by,
    parse_runs_filter,
)
from tracker.store import paging
from tracker.store.sqlite import experiments
from tracker.store.sqlite.locations import Locations

_LOCATION = "runs.artifact_uri"
"""The one column that is kept in another form than people see; values are bound, so no text of
theirs can hold it."""


class Page(NamedTuple):
    """One page of row ids and what to say of the rest."""

    ids: list[int]
    token: str | None
    total: int


class Query(NamedTuple):
    """Which rows, in which order; made by `runs_query` or `experiments_query`."""

    table: str
    where: Sql
    joins: Sql
    terms: Sql
    limit: int
    offset: int


def runs_query(
    filter_string: str, order_by: Sequence[str], max_results: int, page_token: str | None
) -> Query:
    """Return a query for runs. Raises FilterError, InvalidValue; it needs no database yet."""
    now = time.time_ns() // 1_000_000
    where = compile_where(parse_runs_filter(filter_string), now)
    order = compile_order(parse_order_by(order_by), now)
    limit, offset = paging.check_max_results(max_results), paging.parse_token(page_token)
    return Query("runs", where, order.joins, order.terms, limit, offset)


def experiments_query(
    filter_string: str, order_by: Sequence[str], max_results: int, page_token: str | None
) -> Query:
    """Return a query for experiments. Raises FilterError, InvalidValue."""
    now = time.time_ns() // 1_000_000
    where = compile_where(parse_experiments_filter(filter_string), now)
    order = compile_order(parse_experiments_order_by(order_by), now)
    limit, offset = paging.check_max_results(max_results), paging.parse_token(page_token)
    return Query("experiments", where, order.joins, order.terms, limit, offset)


def in_experiments(connection: sqlite3.Connection, experiment_ids: Sequence[str] | None) -> Sql:
    """Return the condition that a run is of these experiments; unknown ids hold no runs."""
    if experiment_ids is None:
        return Sql("1")
    known = []
    for experiment_id in experiment_ids:
        try:
            known.append(experiments.row_id(connection, experiment_id))
        except NotFound:
            continue
    return Sql(f"runs.experiment IN ({','.join(map(str, known))})")


def find(
    connection: sqlite3.Connection,
    locations: Locations,
    query: Query,
    stages: Sequence[str],
    among: Sql | None = None,
) -> Page:
    """Return a page of what a query finds in these lifecycle stages and `among` those rows."""
    table, where, joins, terms, limit, offset = query
    marks = ", ".join("?" * len(stages))
    among = among or Sql("1")
    condition = f"({where.text}) AND {table}.lifecycle_stage IN ({marks}) AND {among.text}"
    values = (*where.values, *stages, *among.values)
    order = terms.text
    if _LOCATION in condition + order:
        connection.create_function("absolute", 1, locations.to_read, deterministic=True)
        condition = condition.replace(_LOCATION, f"absolute({_LOCATION})")
        order = order.replace(_LOCATION, f"absolute({_LOCATION})")
    ids = [
        row_id
        for (row_id,) in connection.execute(
            f"SELECT {table}.id FROM {table} {joins.text} WHERE {condition} "
            f"ORDER BY {order} LIMIT ? OFFSET ?",
            (*joins.values, *values, *terms.values, limit, offset),
        )
    ]
    if 0 < len(ids) < limit:
        total = offset + len(ids)
    else:
        (total,) = connection.execute(
            f"SELECT count(*) FROM {table} WHERE {condition}", values
        ).fetchone()
    return Page(ids, paging.next_token(offset, len(ids), total), total)
