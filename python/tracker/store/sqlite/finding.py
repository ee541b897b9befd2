"""Searches: filter and order as text -> ids of rows, sorted, one page of them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tracker.errors import NotFound
from tracker.store import paging
from tracker.store.sqlite import experiments, walking

if TYPE_CHECKING:
    from tracker.search import OrderKey, Sql

# The grammar is imported by those who search: recording a run does without it, 15 ms sooner.


_FEW = 5_000
"""Rows that are looked up one by one in 2 ms; asking the indexes of a large store takes 20."""

_LOOKED_UP = 3
"""So many rows are read one after the other in the time in which an index leads to one."""

_NEAR = 1_000
"""Rows of the beginning of a list, which is looked at far more often than the rest."""


class Page(NamedTuple):
    """One page of row ids and what to say of the rest."""

    ids: list[int]
    token: str | None
    total: int | None


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
    order: Sequence[OrderKey]
    now_ms: int
    artifact_root: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether there is a filter at all."""
        return self.where.text != "1"

    @property
    def is_plain(self) -> bool:
        """Whether a row alone tells if it matches, so that asking all of them takes little."""
        return self.where == self.where_of_few


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
    keys = parse_order_by(order_by)
    joins, terms = compile_order(keys, now, artifact_root=artifact_root)
    limit, offset = paging.check_max_results(max_results), paging.parse_token(page_token)
    return Query("runs", where, where_of_few, joins, terms, limit, offset, keys, now, artifact_root)


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
    keys = parse_experiments_order_by(order_by)
    joins, terms = compile_order(keys, now)
    limit, offset = paging.check_max_results(max_results), paging.parse_token(page_token)
    return Query("experiments", where, where, joins, terms, limit, offset, keys, now)


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


def find(
    connection: sqlite3.Connection,
    query: Query,
    stages: Sequence[str],
    among: Sql,
    *,
    count: bool = True,
) -> Page:
    """Return a page of what a query finds in these lifecycle stages and `among` those rows.

    Without `count` it has a total only where there is no filter.
    """
    if count and query.is_filtered and query.joins.text:
        return _counted_in_passing(connection, query, stages, among)
    ids = _first_ids(connection, query, stages, among)
    has_more = len(ids) > query.limit
    total = None
    if count or not query.is_filtered:
        where = _sooner(connection, query, stages, among, scan=query.is_filtered)
        total = _count(connection, query, where)
    token = paging.token_at(query.offset + query.limit) if has_more else None
    return Page(ids[: query.limit], token, total)


def _counted_in_passing(
    connection: sqlite3.Connection, query: Query, stages: Sequence[str], among: Sql
) -> Page:
    """Find and count at once, where all that is found must be joined and sorted anyway."""
    where = _sooner(connection, query, stages, among, scan=False)
    rows = _rows(connection, query, where, "count(*) OVER ()", query.limit)
    total = rows[0][1] if rows else _count(connection, query, where)
    ids = [row for row, _ in rows]
    return Page(ids, paging.next_token(query.offset, len(ids), total), total)


def _first_ids(
    connection: sqlite3.Connection, query: Query, stages: Sequence[str], among: Sql
) -> list[int]:
    """Return the ids of a page and of the row after it."""
    wanted = query.offset + query.limit + 1
    may_walk = query.table == "runs" and wanted <= _NEAR
    if may_walk:
        ids = walking.first_ids(
            connection,
            walking.Search(
                _within(query, query.where_of_few, stages, among),
                query.where,
                query.is_plain,
                query.order,
                wanted,
                query.now_ms,
                query.artifact_root,
            ),
        )
        if ids is not None:
            return ids[query.offset :]
    scan = _is_by_name(query) or (may_walk and query.is_filtered)
    where = _sooner(connection, query, stages, among, scan=scan)
    return [row for row, _ in _rows(connection, query, where, "NULL", query.limit + 1)]


def _rows(
    connection: sqlite3.Connection, query: Query, where: Sql, count: str, limit: int
) -> list[tuple[int, int]]:
    joins, terms = query.joins, query.terms
    return connection.execute(
        f"SELECT {query.table}.id, {count} FROM {query.table} {joins.text} WHERE {where.text} "
        f"ORDER BY {terms.text} LIMIT ? OFFSET ?",
        (*joins.values, *where.values, *terms.values, limit, query.offset),
    ).fetchall()


def _count(connection: sqlite3.Connection, query: Query, where: Sql) -> int:
    (total,) = connection.execute(
        f"SELECT count(*) FROM {query.table} WHERE {where.text}", where.values
    ).fetchone()
    return int(total)


def _within(
    query: Query, where: Sql, stages: Sequence[str], among: Sql, *, scan: bool = False
) -> Sql:
    """Return the whole condition; where all rows are scanned, no index of stages is used."""
    marks = ", ".join("?" * len(stages))
    stage = f"{'+' if scan else ''}{query.table}.lifecycle_stage IN ({marks})"
    return where._replace(
        text=f"({where.text}) AND {stage} AND {among.text}",
        values=(*where.values, *stages, *among.values),
    )


def _sooner(
    connection: sqlite3.Connection, query: Query, stages: Sequence[str], among: Sql, *, scan: bool
) -> Sql:
    """Return the condition in the words that are sooner answered.

    Runs are scanned where that is asked for, each row tells, and most rows are looked at anyway.
    """
    asked = _within(query, query.where_of_few, stages, among)
    # The plus keeps SQLite from starting at the experiments, where the filter yields less.
    anywhere = among._replace(text=f"+{among.text}")
    if not query.is_plain:
        is_few = _has_at_most(connection, _FEW, among)
        return asked if is_few else _within(query, query.where, stages, anywhere)
    if query.table != "runs" or not scan:
        return asked
    (newest,) = connection.execute("SELECT max(id) FROM runs").fetchone()
    scope = _within(query, among._replace(text="1", values=()), stages, among)
    if _has_at_most(connection, (newest or 0) // _LOOKED_UP, scope):
        return asked
    return _within(query, query.where, stages, anywhere, scan=True)


def _is_by_name(query: Query) -> bool:
    """Whether the order is one that no index has, and that rarely has ties."""
    from tracker.search.syntax import Kind

    field = query.order[0].field
    return query.table == "runs" and field.kind is Kind.ATTRIBUTE and field.key == "run_name"


def _has_at_most(connection: sqlite3.Connection, most: int, among: Sql) -> bool:
    (count,) = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM runs WHERE {among.text} LIMIT {most + 1})",
        among.values,
    ).fetchone()
    return int(count) <= most
