"""The first runs of a sorted search, found by walking along the index of what it is sorted by.

Sorting all that matches takes as long as there are runs; the first hundred are sooner found where
an index has the order and each run that it yields is asked whether it matches. That goes wrong
where hardly any does: such an attempt is given up in time, and the other way is taken.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from tracker.search import OrderKey, Sql

FEW_MATCHES = 2_000
"""So many matches are sorted sooner than they are found one after the other."""
PROBE_SECONDS = 0.01
WALK_SECONDS = 0.04
"""More is not spent on what may turn out to be in vain."""
PLAIN_SECONDS = 0.005
"""Nor is more where asking all runs takes little longer."""
VALUES_LIMIT = 20
"""Params with more values than this have few runs of each, which are sorted in passing."""

_STEPS = 5_000
"""Of SQLite's machine, between two looks at the clock."""

T = TypeVar("T")


class Search(NamedTuple):
    """Runs that match, sorted by `order`; the first `wanted` of them are looked for.

    `filter` is what of `matches` a person asked for, in the words that are sooner answered where
    few runs match, see `tracker.search.sql`. It `is_plain` where all runs are asked for it soon.
    """

    matches: Sql
    filter: Sql
    is_plain: bool
    order: Sequence[OrderKey]
    wanted: int
    now_ms: int
    artifact_root: str


def first_ids(connection: sqlite3.Connection, search: Search) -> list[int] | None:
    """Return the ids of the first runs, None where the indexes do not tell them soon."""
    is_filtered = search.filter.text != "1"
    if is_filtered and not search.is_plain and _are_few(connection, search.filter):
        return None
    return _tried(
        connection,
        PLAIN_SECONDS if is_filtered and search.is_plain else WALK_SECONDS,
        lambda: _walk_by_value(connection, search) or _walk(connection, search),
    )


def _are_few(connection: sqlite3.Connection, matches: Sql) -> bool:
    def count() -> int:
        (found,) = connection.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM runs WHERE {matches.text} LIMIT {FEW_MATCHES})",
            matches.values,
        ).fetchone()
        return int(found)

    found = _tried(connection, PROBE_SECONDS, count)
    return found is not None and found < FEW_MATCHES


def _walk_by_value(connection: sqlite3.Connection, search: Search) -> list[int] | None:
    """Walk along the second key within each value of the first, where that has few values."""
    key, *rest = search.order
    values = _values(connection, key) if rest else []
    if not values:
        return None
    found: list[int] = []
    for value in values:
        within = search._replace(
            matches=_both(search.matches, _equal(key, value)),
            order=rest,
            wanted=search.wanted - len(found),
        )
        ids = _walk(connection, within)
        if ids is None:
            return None
        found += ids
        if len(found) == search.wanted:
            return found
    return None  # the runs without the param follow


def _values(connection: sqlite3.Connection, key: OrderKey) -> list[str]:
    """Return the values of a param or tag in order, none where there are many."""
    from tracker.search import compile_next_value

    values: list[str] = []
    query = compile_next_value(key, None)
    while query is not None:
        (value,) = connection.execute(query.text, query.values).fetchone()
        if value is None:
            return values
        if len(values) == VALUES_LIMIT:
            return []
        values.append(value)
        query = compile_next_value(key, value)
    return values


def _walk(connection: sqlite3.Connection, search: Search) -> list[int] | None:
    """Return the first runs, None where runs without what they are sorted by are among them."""
    from tracker.search import compile_order, compile_walk

    walk = compile_walk(search.order[0])
    if walk is None:
        return None
    rest = compile_order(search.order[1:], search.now_ms, artifact_root=search.artifact_root)
    terms = ", ".join(filter(None, (walk.term.text, rest.terms.text)))
    rows = connection.execute(
        f"SELECT runs.id FROM {walk.source.text} {rest.joins.text} "
        f"WHERE {walk.condition.text} AND {search.matches.text} ORDER BY {terms} LIMIT ?",
        (
            *rest.joins.values,
            *walk.condition.values,
            *search.matches.values,
            *rest.terms.values,
            search.wanted,
        ),
    ).fetchall()
    is_all = len(rows) == search.wanted or walk.yields_all
    return [run for (run,) in rows] if is_all else None


def _equal(key: OrderKey, value: str) -> Sql:
    from tracker.search import compile_equal

    return compile_equal(key, value)


def _both(one: Sql, other: Sql) -> Sql:
    return one._replace(text=f"({one.text}) AND {other.text}", values=(*one.values, *other.values))


def _tried(connection: sqlite3.Connection, seconds: float, work: Callable[[], T]) -> T | None:
    """Return what work returns, None where it takes longer than that."""
    deadline = perf_counter() + seconds
    connection.set_progress_handler(lambda: perf_counter() > deadline, _STEPS)
    try:
        return work()
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        return None
    finally:
        connection.set_progress_handler(None, 0)
