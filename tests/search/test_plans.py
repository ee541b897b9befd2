"""How SQLite carries out the conditions: through the covering indexes, never through all rows."""

from __future__ import annotations

import sqlite3
from random import Random

import pytest

from tests.search.generated import NOW, make_run
from tests.search.rows import add_runs, new_tables
from tracker.search import compile_order, compile_where, parse_order_by, parse_runs_filter


@pytest.fixture(scope="module")
def tables() -> sqlite3.Connection:
    connection = new_tables()
    add_runs(connection, [make_run(Random(number), number) for number in range(50)])
    return connection


def plan(
    tables: sqlite3.Connection, text: str, order_by: tuple[str, ...] = (), drive: bool = True
) -> str:
    """Return the steps SQLite takes, one a line."""
    where = compile_where(parse_runs_filter(text), NOW, drive=drive)
    joins, terms = compile_order(parse_order_by(order_by), NOW)
    rows = tables.execute(
        f"EXPLAIN QUERY PLAN SELECT runs.id FROM runs {joins.text} WHERE {where.text} "
        f"ORDER BY {terms.text} LIMIT 1000",
        (*joins.values, *where.values, *terms.values),
    )
    return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("params.lr = '0.1'", "params_by_value (key=? AND value=?)"),
        ("params.lr LIKE '0.1%'", "params_by_value (key=? AND value>? AND value<?)"),
        ("tags.kind != 'a'", "tags_by_value (key=?)"),
        ("metrics.loss < 0.5", "metrics_by_last (key=? AND last<?)"),
    ],
)
def test_one_condition_is_answered_by_its_covering_index(
    tables: sqlite3.Connection, condition: str, index: str
) -> None:
    steps = plan(tables, condition)
    assert f"USING COVERING INDEX {index}" in steps
    assert "SEARCH runs USING INTEGER PRIMARY KEY" in steps
    assert "SCAN" not in steps


@pytest.mark.parametrize(
    "text",
    [
        "metrics.loss < 0.5 AND params.lr = '0.1'",
        "params.lr = '0.1' AND metrics.loss < 0.5",
        "params.lr = '0.1' AND (metrics.loss < 0.5 AND tags.kind LIKE 'a%')",
        "NOT (metrics.loss < 0.5 OR metrics.acc > 0.5) AND params.lr = '0.1'",
    ],
)
def test_a_param_yields_the_runs_and_metrics_are_looked_up(
    tables: sqlite3.Connection, text: str
) -> None:
    steps = plan(tables, text)
    assert "COVERING INDEX params_by_value (key=? AND value=?)" in steps
    assert "SEARCH metrics USING PRIMARY KEY (run=? AND key=?)" in steps
    assert "SCAN" not in steps


def test_run_ids_yield_the_runs_before_anything_else(tables: sqlite3.Connection) -> None:
    steps = plan(tables, "params.lr = '0.1' AND run_id IN ('a', 'b')")
    assert "SEARCH runs USING" in steps
    assert "(run_id=?)" in steps
    assert "SEARCH params USING PRIMARY KEY (run=? AND key=?)" in steps


def test_without_driving_everything_is_looked_up_run_by_run(tables: sqlite3.Connection) -> None:
    steps = plan(tables, "params.lr = '0.1' OR metrics.loss > 1 OR dataset.name = 'a'", drive=False)
    assert "SEARCH params USING PRIMARY KEY (run=? AND key=?)" in steps
    assert "SEARCH metrics USING PRIMARY KEY (run=? AND key=?)" in steps
    assert "SEARCH inputs USING PRIMARY KEY (run=?" in steps
    assert "LIST SUBQUERY" not in steps


def test_an_order_looks_up_the_metric_of_each_run(tables: sqlite3.Connection) -> None:
    steps = plan(tables, "params.lr = '0.1'", ("metrics.loss DESC", "params.depth"))
    assert "SEARCH order0 USING PRIMARY KEY (run=? AND key=?) LEFT-JOIN" in steps
    assert "SEARCH order1 USING PRIMARY KEY (run=? AND key=?) LEFT-JOIN" in steps
